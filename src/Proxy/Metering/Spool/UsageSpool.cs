using Gateway.Infrastructure.Hosting;

namespace Gateway.Proxy.Metering.Spool;

/// <summary>
/// The first durable copy of what is billed: files in the data directory, one writer. A file is deleted when everything in it is in the database.
/// </summary>
internal sealed partial class UsageSpool(DataDirectory data, Readiness readiness, ILogger<UsageSpool> logger) : IDisposable
{
    private const long MostSegmentBytes = 16 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, SpoolSegment> _segmentOf = [];
    private readonly HashSet<Guid> _ended = [];
    private SpoolSegment? _current;

    public string DirectoryPath { get; } = Directory.CreateDirectory(data.File("spool")).FullName;

    /// <summary>How many requests are written down here and not known to be in the database.</summary>
    public int PendingCount
    {
        get
        {
            lock (_lock)
            {
                return _segmentOf.Count;
            }
        }
    }

    /// <summary>Files that an earlier process left.</summary>
    public IReadOnlyList<string> LeftFiles()
    {
        lock (_lock)
        {
            return [.. Directory.EnumerateFiles(DirectoryPath, $"*{SpoolSegment.Extension}").Where(path => path != _current?.Path).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Writes a record. It survives the death of this process from here on.</summary>
    /// <exception cref="IOException">The disk is full or gone; the instance is not ready any more.</exception>
    public void Append(SpoolRecordKind kind, Guid requestId, ReadOnlySpan<byte> payload)
    {
        lock (_lock)
        {
            try
            {
                var segment = Current();
                segment.Append(kind, payload);
                if (kind == SpoolRecordKind.Close)
                {
                    // The end may lie in a later file than the start: that file is the one to keep.
                    Forget(requestId);
                    _ended.Add(requestId);
                }

                if (_segmentOf.TryAdd(requestId, segment))
                {
                    segment.Pending.Add(requestId);
                }

                readiness.SpoolFailed = false;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                readiness.SpoolFailed = true;
                Log.Failed(logger, exception);
                throw new IOException("The usage spool cannot be written.", exception);
            }
        }
    }

    /// <summary>From here on what was written survives the death of the machine.</summary>
    /// <remarks>Not under the lock: a request about to go out must not wait for the disk.</remarks>
    public void Flush()
    {
        SpoolSegment? segment;
        lock (_lock)
        {
            segment = _current;
        }

        try
        {
            segment?.Flush();
        }
        catch (ObjectDisposedException)
        {
            // Delivered and deleted meanwhile.
        }
    }

    /// <summary>Forgets requests that are in the database, and deletes files that hold no others.</summary>
    public void Delivered(IEnumerable<Guid> requestIds)
    {
        lock (_lock)
        {
            foreach (var id in requestIds)
            {
                Forget(id);
            }
        }
    }

    /// <summary>Some of the ended requests that wait to be delivered, with the file that holds each.</summary>
    /// <param name="limit">Only requests that came before this id.</param>
    public IReadOnlyDictionary<Guid, string> EndedBefore(Guid limit, int most)
    {
        lock (_lock)
        {
            return _ended.Where(id => id.CompareTo(limit) < 0).Take(most).ToDictionary(id => id, id => _segmentOf[id].Path);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var segment in _segmentOf.Values.Distinct())
            {
                segment.Dispose();
            }

            if (_current is { } current)
            {
                current.Dispose();
                if (current.Pending.Count == 0)
                {
                    File.Delete(current.Path); // A clean end leaves nothing behind.
                }
            }
        }
    }

    private void Forget(Guid id)
    {
        _ended.Remove(id);
        if (!_segmentOf.Remove(id, out var segment))
        {
            return;
        }

        segment.Pending.Remove(id);
        if (segment.Pending.Count == 0 && segment != _current)
        {
            segment.Dispose();
            File.Delete(segment.Path);
        }
    }

    private SpoolSegment Current()
    {
        if (_current is { } full && full.Length >= MostSegmentBytes)
        {
            _current = null;
            if (full.Pending.Count == 0)
            {
                full.Dispose();
                File.Delete(full.Path);
            }
            else
            {
                full.Flush(); // Kept until the last of its requests is delivered.
            }
        }

        return _current ??= new SpoolSegment(Path.Combine(DirectoryPath, $"{Guid.CreateVersion7():N}{SpoolSegment.Extension}"));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The usage spool cannot be written: billable requests are refused until it can")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
