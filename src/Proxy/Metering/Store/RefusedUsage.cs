using System.Text;
using System.Text.Json;
using Gateway.Infrastructure.Hosting;

namespace Gateway.Proxy.Metering.Store;

/// <summary>
/// Ended requests that the database would never take: set aside in a file of the data directory, a line of JSON each, so that they neither stop the
/// others nor get lost. Thread-safe.
/// </summary>
internal sealed partial class RefusedUsage(DataDirectory data, TimeProvider clock, ILogger<RefusedUsage> logger)
{
    public const string FileName = "refused-usage.jsonl";

    private readonly Lock _lock = new();
    private HashSet<string>? _known;

    /// <summary>How many are in the file.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return Known().Count;
            }
        }
    }

    /// <summary>Keeps a record, once however often it is refused.</summary>
    /// <exception cref="IOException">It cannot be kept: then it must stay where it is.</exception>
    public void Add(ReadOnlySpan<byte> payload, string reason)
    {
        var record = Encoding.UTF8.GetString(payload);
        lock (_lock)
        {
            if (Known().Contains(record))
            {
                return;
            }

            using (var file = new FileStream(FilePath, new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
            {
                file.Write(Line(record, reason));
                file.Flush(flushToDisk: true);
            }

            _known!.Add(record);
        }

        Log.Refused(logger, reason, FileName);
    }

    private string FilePath => data.File(FileName);

    private HashSet<string> Known()
    {
        if (_known is null)
        {
            _known = [];
            foreach (var line in File.Exists(FilePath) ? File.ReadLines(FilePath) : [])
            {
                _known.Add(RecordOf(line));
            }
        }

        return _known;
    }

    private byte[] Line(string record, string reason)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("refused_at", clock.GetUtcNow().UtcDateTime);
            writer.WriteString("reason", reason);
            writer.WriteString("record", record);
            writer.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>A line that a power cut has torn counts as a record of its own.</summary>
    private static string RecordOf(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.GetProperty("record").GetString() ?? line;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return line;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A record of usage cannot be stored ({Reason}); it is kept in {File} of the data directory, and not part of any sum")]
        public static partial void Refused(ILogger logger, string reason, string file);
    }
}
