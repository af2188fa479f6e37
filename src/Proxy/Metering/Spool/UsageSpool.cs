using Gateway.Infrastructure.Hosting;

namespace Gateway.Proxy.Metering.Spool;

/// <summary>
/// The first durable copy of what is billed: files in the data directory, one writer. A file is deleted when everything in it is in the database and
/// counted in Redis.
/// </summary>
/// <remarks>Every request takes the lock twice, so under it there is no fsync and no deletion. Thread-safe.</remarks>
internal sealed partial class UsageSpool : IDisposable
{
    /// <summary>Requests that the database has and Redis never counted are kept for Redis only up to here: an outage of days must not fill the disk.</summary>
    public const int MostStoredUnsettled = 100_000;

    private const long MostSegmentBytes = 16 * 1024 * 1024;
    private const int ProbeBytes = 64 * 1024;

    private readonly Readiness _readiness;
    private readonly ILogger<UsageSpool> _logger;
    private readonly Lock _lock = new();
    private readonly List<SpoolSegment> _segments = [];
    private readonly Dictionary<Guid, Place> _places = [];
    private readonly HashSet<Guid> _undelivered = [];
    private readonly HashSet<Guid> _unsettled = [];
    private readonly List<string> _leftFiles;
    private TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SpoolSegment? _current;
    private int _storedUnsettled;

    public UsageSpool(DataDirectory data, Readiness readiness, ILogger<UsageSpool> logger)
    {
        _readiness = readiness;
        _logger = logger;
        DirectoryPath = Directory.CreateDirectory(data.File("spool")).FullName;
        _leftFiles = [.. Directory.EnumerateFiles(DirectoryPath, $"*{SpoolSegment.Extension}").OrderDescending(StringComparer.Ordinal)];
    }

    public string DirectoryPath { get; }

    /// <summary>Files that earlier processes left, newest first.</summary>
    public IReadOnlyList<string> LeftFiles()
    {
        lock (_lock)
        {
            return [.. _leftFiles];
        }
    }

    /// <summary>Takes a left file off the list, all of whose records are delivered.</summary>
    /// <param name="isDamaged">Then the file stays under another name, for whoever wants to look what it was.</param>
    public void RemoveLeftFile(string path, bool isDamaged)
    {
        if (isDamaged)
        {
            File.Move(path, $"{path}.damaged", overwrite: true);
        }
        else
        {
            File.Delete(path);
        }

        lock (_lock)
        {
            _leftFiles.Remove(path);
        }
    }

    /// <summary>Writes a record. It survives the death of this process from here on, and that of the machine a moment later.</summary>
    /// <exception cref="IOException">The disk is full or gone; the instance is not ready any more.</exception>
    public void Append(SpoolRecordKind kind, Guid requestId, ReadOnlySpan<byte> payload)
    {
        List<SpoolSegment> unneeded = [];
        lock (_lock)
        {
            try
            {
                var segment = Current(unneeded);
                var place = new Place(segment, segment.Append(kind, payload), payload.Length);

                // Only the latest record of a request counts: an earlier account was given up, and the end says more than any start.
                segment.Pending++;
                Forget(requestId, unneeded);
                _places.Add(requestId, place);
                if (kind == SpoolRecordKind.Close)
                {
                    _undelivered.Add(requestId);
                    _unsettled.Add(requestId);
                }

                _written.TrySetResult();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                GiveUpCurrent(unneeded);
                Fail(exception);
                throw new IOException("The usage spool cannot be written.", exception);
            }
        }

        Delete(unneeded);
    }

    /// <summary>Waits until there is something that <see cref="Flush"/> has not seen.</summary>
    public Task WaitUntilWrittenAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _written.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>From here on what was written survives the death of the machine. A failure is logged and makes the instance not ready.</summary>
    public void Flush()
    {
        List<SpoolSegment> written;
        lock (_lock)
        {
            written = _segments.FindAll(segment => !segment.IsFlushed);
            if (_written.Task.IsCompleted)
            {
                _written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        foreach (var segment in written)
        {
            try
            {
                segment.Flush();
            }
            catch (ObjectDisposedException)
            {
                // Nothing in it was needed any more.
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // What the system could not write it may have dropped: nothing more goes into this file.
                List<SpoolSegment> unneeded = [];
                lock (_lock)
                {
                    if (segment == _current)
                    {
                        GiveUpCurrent(unneeded);
                    }
                }

                Fail(exception);
                Delete(unneeded);
            }
        }
    }

    /// <summary>After a failure: tries whether the disk takes data again. Readiness needs no request for it.</summary>
    public void Probe()
    {
        if (!_readiness.SpoolFailed)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(DirectoryPath);
            var path = Path.Combine(DirectoryPath, "probe");
            using (var file = new FileStream(path, FileMode.Create))
            {
                file.Write(new byte[ProbeBytes]);
                file.Flush(flushToDisk: true);
            }

            File.Delete(path);
            _readiness.SpoolFailed = false;
            Log.Recovered(_logger);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.StillFailed(_logger, exception.Message);
        }
    }

    /// <summary>Notes that requests are in the database. Those that Redis has not counted stay here until it has.</summary>
    public void Delivered(IEnumerable<Guid> requestIds)
    {
        List<SpoolSegment> unneeded = [];
        lock (_lock)
        {
            foreach (var id in requestIds)
            {
                if (!_undelivered.Remove(id))
                {
                    continue;
                }

                if (!_unsettled.Contains(id))
                {
                    Forget(id, unneeded);
                }
                else if (_storedUnsettled < MostStoredUnsettled)
                {
                    _storedUnsettled++;
                }
                else
                {
                    _unsettled.Remove(id);
                    Forget(id, unneeded);
                }
            }
        }

        Delete(unneeded);
    }

    /// <summary>Notes that requests are counted in Redis.</summary>
    public void Settled(IEnumerable<Guid> requestIds)
    {
        List<SpoolSegment> unneeded = [];
        lock (_lock)
        {
            foreach (var id in requestIds)
            {
                if (_unsettled.Remove(id) && !_undelivered.Contains(id))
                {
                    _storedUnsettled--;
                    Forget(id, unneeded);
                }
            }
        }

        Delete(unneeded);
    }

    /// <summary>Ended requests that are not known to be in the database, and that no sync of the queue can be expected to bring there.</summary>
    /// <param name="limit">Requests that came before this id have waited too long; those that Redis never got wait for nothing.</param>
    public IReadOnlyList<Guid> Undelivered(Guid limit, int most)
    {
        lock (_lock)
        {
            return [.. _undelivered.Where(id => id.CompareTo(limit) < 0 || _unsettled.Contains(id)).Take(most)];
        }
    }

    /// <summary>Ended requests that are not known to be counted in Redis, and whether the database has them.</summary>
    public IReadOnlyList<(Guid RequestId, bool IsStored)> Unsettled(int most)
    {
        lock (_lock)
        {
            return [.. _unsettled.Take(most).Select(id => (id, !_undelivered.Contains(id)))];
        }
    }

    /// <summary>Whether there is an ended request that is not known to be in the database.</summary>
    public bool HasUndelivered
    {
        get
        {
            lock (_lock)
            {
                return _undelivered.Count > 0;
            }
        }
    }

    /// <summary>Ended requests that Redis has counted and that are not known to be in the database.</summary>
    public IReadOnlyList<Guid> SettledUndelivered()
    {
        lock (_lock)
        {
            return [.. _undelivered.Where(id => !_unsettled.Contains(id))];
        }
    }

    /// <summary>Notes that Redis may have lost requests that the database does not have: they are settled again.</summary>
    public void Unsettle(IEnumerable<Guid> requestIds)
    {
        lock (_lock)
        {
            _unsettled.UnionWith(requestIds.Where(_undelivered.Contains));
        }
    }

    /// <summary>How many ended requests are not known to be counted in Redis, and of those how many the database does not have.</summary>
    public (int All, int Undelivered) CountUnsettled()
    {
        lock (_lock)
        {
            return (_unsettled.Count, _unsettled.Count - _storedUnsettled);
        }
    }

    /// <summary>Whether the spool has something about a request, and so nothing is lost with this process.</summary>
    public bool Has(Guid requestId)
    {
        lock (_lock)
        {
            return _places.ContainsKey(requestId);
        }
    }

    /// <summary>What was written about a request; null: it was forgotten meanwhile.</summary>
    public byte[]? Read(Guid requestId)
    {
        Place place;
        lock (_lock)
        {
            if (!_places.TryGetValue(requestId, out place))
            {
                return null;
            }
        }

        try
        {
            return place.Segment.ReadPayload(place.Offset, place.Length);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var segment in _segments)
            {
                segment.Dispose();
                if (segment.Pending == 0)
                {
                    File.Delete(segment.Path); // A clean end leaves nothing behind.
                }
            }

            _segments.Clear();
            _current?.Dispose();
        }
    }

    private void Forget(Guid id, List<SpoolSegment> unneeded)
    {
        if (_places.Remove(id, out var place))
        {
            place.Segment.Pending--;
            RemoveIfUnneeded(place.Segment, unneeded);
        }
    }

    private void RemoveIfUnneeded(SpoolSegment segment, List<SpoolSegment> unneeded)
    {
        if (segment.Pending == 0 && segment != _current && _segments.Remove(segment))
        {
            unneeded.Add(segment);
        }
    }

    private SpoolSegment Current(List<SpoolSegment> unneeded)
    {
        if (_current is { Length: >= MostSegmentBytes })
        {
            GiveUpCurrent(unneeded);
        }

        if (_current is null)
        {
            _current = new SpoolSegment(Path.Combine(DirectoryPath, $"{Guid.CreateVersion7():N}{SpoolSegment.Extension}"));
            _segments.Add(_current);
        }

        return _current;
    }

    private void GiveUpCurrent(List<SpoolSegment> unneeded)
    {
        if (_current is { } given)
        {
            _current = null;
            RemoveIfUnneeded(given, unneeded);
        }
    }

    private void Fail(Exception exception)
    {
        _readiness.SpoolFailed = true;
        Log.Failed(_logger, exception);
    }

    private void Delete(List<SpoolSegment> unneeded)
    {
        foreach (var segment in unneeded)
        {
            try
            {
                segment.Dispose();
                File.Delete(segment.Path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The next start finds the file, and nothing in it that the database does not have.
                Log.NotDeleted(_logger, exception.Message);
            }
        }
    }

    /// <summary>Where the payload of a request's latest record lies.</summary>
    private readonly record struct Place(SpoolSegment Segment, long Offset, int Length);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The usage spool cannot be written: billable requests are refused until it can")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(LogLevel.Debug, "The usage spool still cannot be written: {Reason}")]
        public static partial void StillFailed(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "A spool file that is not needed any more cannot be deleted: {Reason}")]
        public static partial void NotDeleted(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Information, "The usage spool can be written again")]
        public static partial void Recovered(ILogger logger);
    }
}
