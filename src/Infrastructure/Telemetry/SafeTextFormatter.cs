using System.Globalization;
using System.Text;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace Gateway.Infrastructure.Telemetry;

/// <summary>
/// One event is one line, whatever a client put into it: control characters are escaped, lines of an exception are indented and marked. What is logged
/// within a request ends with its id.
/// </summary>
internal sealed class SafeTextFormatter : ITextFormatter
{
    // Strings without quotes around them; what they contain is escaped below.
    private static readonly MessageTemplateTextFormatter Message = new("{Message:lj}", CultureInfo.InvariantCulture);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        output.Write(' ');
        output.Write(Level(logEvent.Level));
        output.Write(' ');
        output.Write(LogCategory.Of(Text(logEvent, "SourceContext") ?? ""));
        output.Write(' ');
        using (var message = new StringWriter(CultureInfo.InvariantCulture))
        {
            Message.Format(logEvent, message);
            var text = message.ToString();
            output.Write(Escape(text));

            if (Text(logEvent, RequestIdEnricher.Property) is { } id && !text.Contains(id, StringComparison.Ordinal))
            {
                output.Write($" [{Escape(id)}]");
            }
        }

        output.Write('\n');
        if (logEvent.Exception is { } exception)
        {
            foreach (var line in exception.ToString().Split('\n'))
            {
                output.Write("  | ");
                output.Write(Escape(line.TrimEnd('\r')));
                output.Write('\n');
            }
        }
    }

    public static string Escape(string text)
    {
        if (!text.Any(char.IsControl))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            _ = character switch
            {
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                _ when char.IsControl(character) => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => escaped.Append(character),
            };
        }

        return escaped.ToString();
    }

    private static string? Text(LogEvent logEvent, string property) =>
        logEvent.Properties.TryGetValue(property, out var found) && found is ScalarValue { Value: string text } ? text : null;

    private static string Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => "debug",
        LogEventLevel.Information => "info ",
        LogEventLevel.Warning => "warn ",
        _ => "error",
    };
}
