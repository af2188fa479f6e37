using System.Text.Json;

namespace Gateway.Proxy.Neutral;

/// <summary>
/// Brings what a platform streams into the one order that encoders rely on: one start, one open block at a time, every block ended, one stop after all
/// blocks. Not thread-safe; one per answer.
/// </summary>
/// <remarks>
/// Parallel calls that a platform interleaves are put one behind the other: the first streams, what arrives for the others waits until it has ended.
/// Text is never cut inside a surrogate pair: platforms escape one character as two, and may cut between them.
/// </remarks>
internal sealed class EventSequence
{
    private readonly List<NeutralEvent> _ready = [];
    private readonly List<OpenBlock> _open = [];
    private StopReason? _reason;
    private string? _detail;

    public bool HasStarted { get; private set; }

    public bool HasStopped { get; private set; }

    /// <summary>Whether the platform has named a reason, though the stop may wait for usage.</summary>
    public bool HasReason => _reason is not null;

    /// <summary>Whether the answer holds a call.</summary>
    public bool HasToolCall { get; private set; }

    /// <summary>Whether the answer holds anything at all.</summary>
    public bool HasContent { get; private set; }

    /// <summary>UTF-16 units of what the model wrote.</summary>
    public long Length { get; private set; }

    /// <summary>Hands out what is in order, and forgets it.</summary>
    public void Drain(List<NeutralEvent> events)
    {
        events.AddRange(_ready);
        _ready.Clear();
    }

    public void Start(string? id)
    {
        if (!HasStarted)
        {
            HasStarted = true;
            _ready.Add(new NeutralEvent(EventKind.Start) { Text = id ?? "" });
        }
    }

    /// <param name="key">What the platform calls the block by while it is open: its index, or any number of the decoder's own.</param>
    /// <param name="signature">Of a call.</param>
    public void Begin(int key, BlockKind kind, string id = "", string name = "", string? signature = null)
    {
        Start(null);
        if (Find(key) is not null || HasStopped)
        {
            return;
        }

        HasContent = true;
        HasToolCall |= kind == BlockKind.ToolCall;
        var block = new OpenBlock(key, kind);
        _open.Add(block);
        Emit(block, new NeutralEvent(EventKind.BlockStart) { Block = kind, Id = id, Name = name, Signature = signature });
    }

    /// <param name="logprobs">As <see cref="NeutralEvent.Logprobs"/>.</param>
    public void Delta(int key, string text, JsonElement logprobs = default)
    {
        if (Find(key) is not { } block || text.Length == 0)
        {
            return;
        }

        Length += text.Length;
        text = block.Rest + text;
        block.Rest = "";
        if (char.IsHighSurrogate(text[^1]))
        {
            block.Rest = text[^1..];
            text = text[..^1];
        }

        if (text.Length > 0)
        {
            Emit(block, new NeutralEvent(EventKind.Delta) { Block = block.Kind, Text = text, Logprobs = ToolArguments.CanBeWritten(logprobs) ? logprobs : default });
        }
    }

    public void Sign(int key, string signature)
    {
        if (Find(key) is { } block && signature.Length > 0)
        {
            block.Signature = signature;
        }
    }

    /// <summary>Ends a block; one that is not open is none.</summary>
    public void End(int key)
    {
        if (Find(key) is { HasEnded: false } block)
        {
            block.HasEnded = true;
            Flush(block);
            ReleaseEnded();
        }
    }

    public void EndAll()
    {
        foreach (var block in _open.ToArray())
        {
            End(block.Key);
        }
    }

    /// <summary>Whether a block is open under this key.</summary>
    public bool IsOpen(int key) => Find(key) is { HasEnded: false };

    /// <summary>Notes the reason; the first one counts. The stop itself waits for <see cref="Stop"/>, since usage may follow.</summary>
    public void Reason(StopReason reason, string? detail = null)
    {
        if (_reason is null)
        {
            _reason = reason;
            _detail = detail;
        }
    }

    /// <summary>Nothing more comes and usage is final. Without a reason it is no stop: the answer was cut.</summary>
    public void Stop()
    {
        if (HasStopped || _reason is not { } reason)
        {
            return;
        }

        EndAll();
        HasStopped = true;

        // Platforms without a reason of its own for calls say that the answer ended; one that was cut by a limit stays cut.
        _ready.Add(new NeutralEvent(EventKind.Stop)
        {
            Reason = HasToolCall && reason is StopReason.End or StopReason.Other ? StopReason.ToolCalls : reason,
            Detail = _detail,
        });
    }

    private OpenBlock? Find(int key) => _open.Find(block => block.Key == key);

    /// <summary>The first open block streams, the others wait.</summary>
    private void Emit(OpenBlock block, in NeutralEvent next)
    {
        if (ReferenceEquals(_open[0], block))
        {
            _ready.Add(next);
        }
        else
        {
            block.Waiting.Add(next);
        }
    }

    private void Flush(OpenBlock block)
    {
        if (block.Rest.Length > 0)
        {
            Emit(block, new NeutralEvent(EventKind.Delta) { Block = block.Kind, Text = "\ufffd" });
        }

        if (block.Signature is { } signature)
        {
            Emit(block, new NeutralEvent(EventKind.Signature) { Block = block.Kind, Text = signature });
        }

        Emit(block, new NeutralEvent(EventKind.BlockEnd) { Block = block.Kind });
    }

    private void ReleaseEnded()
    {
        while (_open.Count > 0 && _open[0].HasEnded)
        {
            _open.RemoveAt(0);
            if (_open.Count > 0)
            {
                _ready.AddRange(_open[0].Waiting);
                _open[0].Waiting.Clear();
            }
        }
    }

    private sealed class OpenBlock(int key, BlockKind kind)
    {
        public int Key { get; } = key;

        public BlockKind Kind { get; } = kind;

        /// <summary>The first half of a surrogate pair whose second has not come.</summary>
        public string Rest { get; set; } = "";

        public string? Signature { get; set; }

        public bool HasEnded { get; set; }

        public List<NeutralEvent> Waiting { get; } = [];
    }
}
