using System.Buffers;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Formats;

/// <summary>The client's side of a wire format: what its requests look like, how its answers are read on the way, how its errors are written.</summary>
/// <remarks>Stateless: one instance serves every request. What belongs to one answer is in its <see cref="AnswerReader"/>.</remarks>
internal abstract class ClientFormat
{
    public abstract WireFormat Wire { get; }

    /// <summary>Name in records and logs.</summary>
    public abstract string Name { get; }

    /// <summary>The members of a request that the gateway checks.</summary>
    public abstract RequestShape Shape(Operation operation);

    /// <summary>Reads one answer as it passes.</summary>
    public abstract AnswerReader CreateReader(InspectedRequest request);

    /// <summary>What is edited in a request that goes on in the same format. The rest stays byte for byte.</summary>
    /// <param name="model">What the model can do.</param>
    public abstract void CollectEdits(InspectedRequest request, string upstreamModel, ModelCapabilities model, List<BodyEdit> edits);

    /// <summary>Takes out what carries another vendor's reasoning, which only conversions understand: the platform would refuse the whole conversation for it.</summary>
    public virtual void CollectForeignThinking(ReadOnlySpan<byte> body, ModelCapabilities model, ForeignSignatures foreign, List<BodyEdit> edits)
    {
    }

    /// <summary>The status of an error reply. Formats whose clients go by another one say so.</summary>
    public virtual int StatusOf(FailureKind kind) => kind switch
    {
        FailureKind.InvalidRequest or FailureKind.ContextLength or FailureKind.ContentFilter => StatusCodes.Status400BadRequest,
        FailureKind.ClientTimeout => StatusCodes.Status408RequestTimeout,
        FailureKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        FailureKind.UnsupportedMedia => StatusCodes.Status415UnsupportedMediaType,
        FailureKind.AuthClient => StatusCodes.Status401Unauthorized,
        FailureKind.ForbiddenClient => StatusCodes.Status403Forbidden,
        FailureKind.ModelNotFound or FailureKind.NotFound => StatusCodes.Status404NotFound,
        FailureKind.LimitClient or FailureKind.QuotaAccount or FailureKind.RateLimit => StatusCodes.Status429TooManyRequests,
        FailureKind.Server => StatusCodes.Status500InternalServerError,
        FailureKind.Unreachable or FailureKind.Truncated => StatusCodes.Status502BadGateway,
        FailureKind.Timeout => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    /// <summary>The whole body of an error reply.</summary>
    public abstract void WriteError(IBufferWriter<byte> output, Failure failure, string requestId);

    /// <summary>Content type of a streamed answer.</summary>
    public virtual string StreamType => "text/event-stream; charset=utf-8";

    /// <summary>Puts events into what the client reads; null: server-sent events, which need nothing more.</summary>
    public virtual StreamFraming? CreateFraming() => null;

    /// <summary>Whether clients take an error inside a stream for the proper end, unless the connection breaks behind it.</summary>
    public virtual bool BreaksAfterStreamError => false;

    /// <summary>A sign of life in a silent stream: something that every client of the format skips.</summary>
    public virtual ReadOnlySpan<byte> KeepAlive => ": keep-alive\n\n"u8;

    /// <summary>An error inside a stream whose status line is long gone.</summary>
    /// <param name="soFar">What the client has got; null: nobody kept it.</param>
    public abstract void WriteStreamError(IBufferWriter<byte> output, Failure failure, string requestId, AnswerSoFar? soFar);

    /// <summary>Writes the platform's name of the model over the client's; where only the address names it, into the body.</summary>
    protected static void SetModel(InspectedRequest request, string upstreamModel, List<BodyEdit> edits)
    {
        if (request.ModelRange.IsEmpty)
        {
            // Every format's body has at least one required member, so a comma may follow.
            edits.Add(new BodyEdit(new BodyRange(request.MembersStart, 0), [.. "\"model\":"u8, .. JsonText.Quote(upstreamModel), (byte)',']));
        }
        else if (upstreamModel != request.WrittenModel)
        {
            edits.Add(new BodyEdit(request.ModelRange, JsonText.Quote(upstreamModel)));
        }
    }
}
