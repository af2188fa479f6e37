using System.Text.Json;
using Gateway.Proxy.Formats.OpenAi;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <summary>Reads usage and the end of a response.</summary>
/// <remarks>
/// The platform may begin a stream with created and in_progress and then refuse it: only an output item shows that it is at work. Source: OpenAI API
/// reference, Responses streaming events, read 2026-11.
/// </remarks>
internal sealed class ResponsesReader : AnswerReader
{
    private const int MostIds = 1000;

    private readonly AnswerSoFar _soFar = new();
    private readonly List<string> _ids = [];

    private enum EventType
    {
        /// <summary>Nothing that shows, or the announcement of a response that may still be refused.</summary>
        Other,

        /// <summary>A part of the answer.</summary>
        Content,
        Completed,
        Failed,
        Error,
    }

    public override IReadOnlyList<string> KeptIds => _ids;

    public override AnswerSoFar SoFar
    {
        get
        {
            _soFar.Usage = Usage;
            return _soFar;
        }
    }

    protected override EventVerdict ReadData(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8))
        {
            return EventVerdict.Forward; // Some compatible servers send it.
        }

        var reader = new Utf8JsonReader(data);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        var type = EventType.Other;
        Failure? nested = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                type = TypeOf(ref reader);
            }
            else if (reader.ValueTextEquals("sequence_number"u8))
            {
                _soFar.NextNumber = (JsonNumbers.ReadCount(ref reader) ?? _soFar.NextNumber) + 1;
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                reader.Read();
                OutputBytes += reader.TokenType == JsonTokenType.String ? JsonStrings.Utf8Length(ref reader) : 0;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("response"u8))
            {
                reader.Read();
                ReadResponse(ref reader, countsOutput: false, out nested);
            }
            else if (reader.ValueTextEquals("item"u8))
            {
                reader.Read();
                NoteItem(ref reader);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                nested = reader.TokenType == JsonTokenType.StartObject ? OpenAiErrors.Read(ref reader) : nested;
                reader.Skip();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        switch (type)
        {
            case EventType.Content:
                return EventVerdict.ForwardContent;
            case EventType.Completed:
                IsComplete = true;
                return EventVerdict.ForwardContent;
            case EventType.Failed:
                Failure = nested ?? new Failure(FailureKind.Server, "The upstream failed without a message.");
                return EventVerdict.Failed;
            case EventType.Error:
                // Clients wait for response.failed; what the platform would send next is not awaited.
                Failure = nested ?? ReadFlatError(data);
                return EventVerdict.Unreadable;
            default:
                return EventVerdict.Forward;
        }
    }

    protected override void ReadMessage(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        ReadResponse(ref reader, countsOutput: true, out var failure);
        Failure = failure;
    }

    /// <summary>The event <c>error</c> is the error object itself.</summary>
    private static Failure ReadFlatError(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data);
        reader.Read();
        return OpenAiErrors.Read(ref reader);
    }

    private static EventType TypeOf(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? throw new JsonException()
        : reader.ValueTextEquals("response.created"u8) || reader.ValueTextEquals("response.in_progress"u8) || reader.ValueTextEquals("response.queued"u8) ? EventType.Other
        : reader.ValueTextEquals("response.completed"u8) || reader.ValueTextEquals("response.incomplete"u8) ? EventType.Completed
        : reader.ValueTextEquals("response.failed"u8) ? EventType.Failed
        : reader.ValueTextEquals("error"u8) ? EventType.Error
        : reader.ValueSpan.StartsWith("response."u8) ? EventType.Content
        : EventType.Other;

    private void ReadResponse(ref Utf8JsonReader reader, bool countsOutput, out Failure? failure)
    {
        failure = null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        var hasFailed = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                OpenAiUsage.Read(ref reader, ref Usage);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                failure = reader.TokenType == JsonTokenType.Null ? null : OpenAiErrors.Read(ref reader);
            }
            else if (reader.ValueTextEquals("status"u8))
            {
                reader.Read();
                hasFailed = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("failed"u8);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("service_tier"u8))
            {
                Usage.ServiceTier = ReadText(ref reader) ?? Usage.ServiceTier;
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                _soFar.Id = ReadText(ref reader) ?? _soFar.Id;
                Note(_soFar.Id);
            }
            else if (reader.ValueTextEquals("model"u8))
            {
                _soFar.Model = ReadText(ref reader) ?? _soFar.Model;
            }
            else if (reader.ValueTextEquals("created_at"u8))
            {
                _soFar.CreatedAt = JsonNumbers.ReadCount(ref reader) ?? _soFar.CreatedAt;
            }
            else if (reader.ValueTextEquals("output"u8))
            {
                reader.Read();
                NoteItems(reader);
                if (countsOutput)
                {
                    CountOutput(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (hasFailed)
        {
            failure ??= new Failure(FailureKind.Server, "The upstream failed without a message.");
        }
    }

    /// <summary>With a copy of the reader: the walk goes on undisturbed.</summary>
    private void NoteItems(Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            NoteItem(ref reader);
        }
    }

    private void NoteItem(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                Note(ReadText(ref reader) ?? "");
            }
            else if (reader.ValueTextEquals("encrypted_content"u8))
            {
                reader.Read();
                if (SignatureHash.Of(ref reader) is { } signature && !Signatures.Contains(signature))
                {
                    Signatures.Add(signature);
                }

                reader.Skip();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private void Note(string id)
    {
        if (id.Length > 0 && _ids.Count < MostIds && !_ids.Contains(id))
        {
            _ids.Add(id);
        }
    }

    private static string? ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        reader.Skip();
        return text;
    }

    /// <summary>Adds up the strings that the model wrote: text, summaries, refusals, tool names, arguments and input.</summary>
    private void CountOutput(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        var depth = reader.CurrentDepth;
        var counts = false;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                counts = reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("arguments"u8) || reader.ValueTextEquals("input"u8)
                    || reader.ValueTextEquals("refusal"u8) || reader.ValueTextEquals("name"u8);
            }
            else if (counts && reader.TokenType == JsonTokenType.String)
            {
                OutputBytes += JsonStrings.Utf8Length(ref reader);
            }
        }
    }
}
