using System.Text;
using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Gemini;

/// <summary>A Gemini answer into neutral events. A stream's event and a whole answer have the same shape.</summary>
/// <remarks>Source: Gemini API reference, GenerateContentResponse, v1beta, read 2026-11.</remarks>
/// <param name="candidate">Which candidate to read; null: there is one.</param>
internal sealed class GeminiDecoder(int? candidate) : AnswerDecoder
{
    private const int NoBlock = -1;

    private GeminiUsage _usage;
    private string _id = "";
    private int _nextKey;
    private int _openKey = NoBlock;
    private BlockKind _openKind;
    private int _calls;
    private bool _hasUsableContent;

    protected override EventVerdict ReadData(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data) => ReadAny(JsonElement.Parse(data), data) ? Verdict() : EventVerdict.Failed;

    protected override void ReadMessage(ReadOnlySpan<byte> body) => ReadParsed(JsonElement.Parse(body), body);

    public override void ReadParsed(JsonElement json, ReadOnlySpan<byte> body)
    {
        if (ReadAny(json, body))
        {
            Finish();
        }
    }

    /// <summary>One answer or chunk, or an array of them: so Google sends streams to clients that do not ask for events.</summary>
    private bool ReadAny(JsonElement json, ReadOnlySpan<byte> data)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            return ReadChunk(json, data);
        }

        foreach (var chunk in json.EnumerateArray())
        {
            if (!ReadChunk(chunk, data))
            {
                return false;
            }
        }

        return true;
    }

    /// <returns>False: <see cref="AnswerReader.Failure"/> says why.</returns>
    private bool ReadChunk(JsonElement chunk, ReadOnlySpan<byte> data)
    {
        if (chunk.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("A chunk is no object.");
        }

        if (chunk.Get("error").ValueKind != JsonValueKind.Undefined)
        {
            Failure = ErrorBody.Read(data, GeminiErrors.Read);
            return false;
        }

        ReadUsage(chunk);
        _id = chunk.Text("responseId") ?? _id;
        var all = chunk.Items("candidates").ToList();
        var mine = CandidatesDecoder.Numbered(all).Where(pair => candidate is null || pair.Number == candidate).Select(pair => pair.Candidate).Take(1).ToList();
        if (mine.Count > 0 && IsMalformed(mine[0]))
        {
            IsUnusable = true;
            Failure = candidate is null ? Neutral.Failure.Unusable : Failure;
            return candidate is not null;
        }

        foreach (var one in mine)
        {
            Sequence.Start(_id);
            foreach (var part in one.Get("content").Items("parts"))
            {
                ReadPart(part);
            }

            // More may follow, even parts: the end of the answer is the end of its bytes.
            if (one.Text("finishReason") is { Length: > 0 } reason and not "FINISH_REASON_UNSPECIFIED")
            {
                Sequence.Reason(ReasonOf(reason));
            }
        }

        if (chunk.Get("promptFeedback").Text("blockReason") is not null && all.Count == 0 && candidate is null or 0)
        {
            Sequence.Start(_id);
            Sequence.Reason(StopReason.ContentFilter);
        }

        return true;
    }

    /// <summary>A call that cannot be read and nothing else is no answer: another attempt may give one.</summary>
    private bool IsMalformed(JsonElement answer) =>
        !_hasUsableContent && answer.Text("finishReason") is { } reason && ReasonOf(reason) == StopReason.Malformed
        && !answer.Get("content").Items("parts").Any(part => part.Object("functionCall") is not null || part.Text("text") is { Length: > 0 });

    private void ReadPart(JsonElement part)
    {
        var signature = part.Text("thoughtSignature") ?? "";
        if (part.Object("functionCall") is { } call)
        {
            ReadCall(call, signature);
        }
        else if (part.Text("text") is { } text)
        {
            Write(part.Boolean("thought") is true ? BlockKind.Thinking : BlockKind.Text, text, signature);
        }
        else if (part.Object("inlineData") is { } media)
        {
            // No other format has a place for images that a model makes; a data URL in Markdown is what clients show.
            Write(BlockKind.Text, $"![image](data:{media.Text("mimeType")};base64,{media.Text("data")})", signature);
        }
        else if (signature.Length > 0)
        {
            Write(BlockKind.Text, "", signature);
        }
    }

    private void Write(BlockKind kind, string text, string signature)
    {
        if (text.Length > 0)
        {
            Open(kind);
            _hasUsableContent |= kind == BlockKind.Text;
            OutputBytes += Encoding.UTF8.GetByteCount(text);
            Sequence.Delta(_openKey, text);
        }

        if (signature.Length > 0)
        {
            // A signature alone belongs to what came before it.
            if (_openKey == NoBlock)
            {
                Open(BlockKind.Thinking);
            }

            Sequence.Sign(_openKey, signature);
        }
    }

    private void Open(BlockKind kind)
    {
        if (_openKey != NoBlock && _openKind == kind)
        {
            return;
        }

        Close();
        _openKey = _nextKey++;
        _openKind = kind;
        Sequence.Begin(_openKey, kind);
    }

    private void Close()
    {
        if (_openKey != NoBlock)
        {
            Sequence.End(_openKey);
            _openKey = NoBlock;
        }
    }

    /// <summary>Calls come whole.</summary>
    private void ReadCall(JsonElement call, string signature)
    {
        Close();
        _hasUsableContent = true;
        var name = call.Text("name") ?? "";
        var arguments = ToolArguments.Compact(call.Object("args") ?? ToolArguments.Parse(""));

        // The answer's id goes into a made-up one: the same call in another turn is another call.
        var id = call.Text("id") is { Length: > 0 } given ? given : NeutralId.OfCall(0, _calls, name, $"{arguments}\n{_id}");
        _calls++;
        var key = _nextKey++;
        Sequence.Begin(key, BlockKind.ToolCall, id, name, signature.Length > 0 ? signature : null);
        OutputBytes += Encoding.UTF8.GetByteCount(arguments);
        Sequence.Delta(key, arguments);
        Sequence.End(key);
    }

    private static StopReason ReasonOf(string reason) => reason switch
    {
        "STOP" => StopReason.End,
        "MAX_TOKENS" => StopReason.Length,
        "SAFETY" or "RECITATION" or "BLOCKLIST" or "PROHIBITED_CONTENT" or "SPII"
            or "IMAGE_SAFETY" or "IMAGE_PROHIBITED_CONTENT" or "IMAGE_RECITATION" or "IMAGE_OTHER" => StopReason.ContentFilter,
        "MALFORMED_FUNCTION_CALL" or "UNEXPECTED_TOOL_CALL" or "TOO_MANY_TOOL_CALLS" => StopReason.Malformed,
        _ => StopReason.Other,
    };

    private void ReadUsage(JsonElement chunk)
    {
        if (chunk.Object("usageMetadata") is { } usage)
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(usage.GetRawText()));
            reader.Read();
            _usage.Read(ref reader, ref Usage);
        }
    }
}
