namespace Gateway.Proxy.Streaming;

/// <summary>Finds the ends of server-sent events in bytes that arrive in any pieces.</summary>
/// <remarks>
/// WHATWG HTML, 9.2 (read 2026-11): a line ends in LF, CR LF or CR; an empty line ends an event. Looks at each byte once however the input is cut, and keeps
/// no bytes: the caller's buffer must hold the event from its start.
/// </remarks>
internal struct SseSplitter
{
    private int _scanned;
    private bool _lineHasBytes;
    private bool _eventHasLines;
    private bool _afterCarriageReturn;

    /// <param name="buffer">From the start of the event on; longer at each call until an end is found.</param>
    /// <returns>Length of the event with the empty line that ends it; 0: not complete yet. After an end the next event starts there.</returns>
    public int Next(ReadOnlySpan<byte> buffer)
    {
        while (_scanned < buffer.Length)
        {
            if (_afterCarriageReturn)
            {
                _afterCarriageReturn = false;
                if (buffer[_scanned] == (byte)'\n')
                {
                    _scanned++;
                    continue;
                }
            }

            var offset = buffer[_scanned..].IndexOfAny((byte)'\n', (byte)'\r');
            if (offset < 0)
            {
                _lineHasBytes = true;
                _scanned = buffer.Length;
                return 0;
            }

            _lineHasBytes |= offset > 0;
            _scanned += offset;
            _afterCarriageReturn = buffer[_scanned] == (byte)'\r';
            _scanned++;
            if (_lineHasBytes)
            {
                _lineHasBytes = false;
                _eventHasLines = true;
            }
            else if (_eventHasLines)
            {
                // A CR LF whose LF is here already belongs to this event; one that comes later starts the next as an empty line, which means nothing.
                if (_afterCarriageReturn && _scanned < buffer.Length && buffer[_scanned] == (byte)'\n')
                {
                    _afterCarriageReturn = false;
                    _scanned++;
                }

                var length = _scanned;
                _scanned = 0;
                _eventHasLines = false;
                return length;
            }
        }

        return 0;
    }
}
