using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.BedrockConverse;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Platforms.Bedrock;

/// <summary>Messages of Bedrock's streams as server-sent events.</summary>
/// <remarks>Source: Amazon Bedrock API reference, ConverseStream and InvokeModelWithResponseStream, read 2026-11.</remarks>
internal static class BedrockFrames
{
    private const string Metrics = "amazon-bedrock-invocationMetrics";

    /// <summary>An event has the name of its type and its payload as data; what ends a stream is called <c>exception</c> and has its type in <c>__type</c>.</summary>
    public static void WriteConverse(in EventStreamFrame frame, IBufferWriter<byte> output)
    {
        if (!IsEvent(frame))
        {
            WriteEvent(output, "exception"u8, ExceptionBody(frame));
        }
        else if (!frame.Payload.IsEmpty)
        {
            WriteEvent(output, frame.Name, frame.Payload);
        }
    }

    /// <summary>A chunk holds one event of Claude's own stream in base64; what ends a stream becomes Claude's error event.</summary>
    public static void WriteInvoke(in EventStreamFrame frame, IBufferWriter<byte> output)
    {
        if (!IsEvent(frame))
        {
            WriteEvent(output, "error"u8, ClaudeError(BedrockErrors.Read(null, ExceptionBody(frame), 0)));
        }
        else if (frame.Name.SequenceEqual("chunk"u8))
        {
            try
            {
                WriteChunk(output, frame.Payload);
            }
            catch (Exception exception) when (AnswerReader.IsOddJson(exception))
            {
                throw new InvalidDataException("A chunk of an event stream holds no event.", exception);
            }
        }
    }

    private static bool IsEvent(in EventStreamFrame frame) => frame.MessageType.SequenceEqual("event"u8);

    private static void WriteChunk(IBufferWriter<byte> output, ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload);
        byte[]? bytes = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isBytes = reader.ValueTextEquals("bytes"u8);
            reader.Read();
            if (isBytes)
            {
                bytes = reader.GetBytesFromBase64();
            }

            reader.Skip();
        }

        if (bytes is null)
        {
            throw new FormatException("The chunk has no bytes.");
        }

        var members = JsonMembers.Of(bytes, 0);
        var type = members.Find(member => member.Name == "type") is { Name: not null } found ? JsonElement.Parse(bytes.AsSpan(found.ValueStart..found.End)) : default;
        if (members.Exists(member => member.Name == Metrics))
        {
            var edits = new List<BodyEdit>();
            JsonMembers.Remove(members, member => member.Name == Metrics, edits);
            bytes = JsonMembers.Apply(bytes, edits);
        }

        WriteEvent(output, type.ValueKind == JsonValueKind.String ? Encoding.UTF8.GetBytes(type.GetString()!) : [], bytes);
    }

    private static byte[] ExceptionBody(in EventStreamFrame frame)
    {
        var type = Encoding.UTF8.GetString(frame.Name);
        var said = BedrockErrors.Read(type, frame.Payload, 0);
        var body = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(body, JsonText.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("__type"u8, type);
            writer.WriteString("message"u8, frame.ErrorMessage.IsEmpty ? said.Message : Encoding.UTF8.GetString(frame.ErrorMessage));
            writer.WriteEndObject();
        }

        return body.WrittenSpan.ToArray();
    }

    private static ReadOnlySpan<byte> ClaudeError(Failure failure)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(body, JsonText.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "error"u8);
            writer.WriteStartObject("error"u8);
            writer.WriteString("type"u8, failure.Kind switch
            {
                FailureKind.InvalidRequest or FailureKind.ContextLength => "invalid_request_error"u8,
                FailureKind.AuthAccount => "permission_error"u8,
                FailureKind.QuotaAccount => "billing_error"u8,
                FailureKind.RateLimit => "rate_limit_error"u8,
                FailureKind.Overloaded => "overloaded_error"u8,
                FailureKind.Timeout => "timeout_error"u8,
                FailureKind.ModelNotFound => "not_found_error"u8,
                _ => "api_error"u8,
            });
            writer.WriteString("message"u8, failure.Message);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return body.WrittenSpan;
    }

    private static void WriteEvent(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (!name.IsEmpty)
        {
            output.Write("event: "u8);
            WriteLine(output, name);
        }

        output.Write("data: "u8);
        WriteLine(output, data);
        output.Write("\n"u8);
    }

    /// <summary>Line ends between the tokens of a JSON text would end the field.</summary>
    private static void WriteLine(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        var line = output.GetSpan(text.Length + 1)[..(text.Length + 1)];
        text.CopyTo(line);
        line[..^1].Replace((byte)'\n', (byte)' ');
        line[..^1].Replace((byte)'\r', (byte)' ');
        line[^1] = (byte)'\n';
        output.Advance(line.Length);
    }
}
