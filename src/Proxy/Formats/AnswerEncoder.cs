using System.Buffers;
using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>What an answer says of itself in a client's format.</summary>
/// <param name="RequestId">The gateway's id of the request: ids that the format wants are made of it.</param>
/// <param name="CreatedAt">When the request came.</param>
internal sealed record AnswerContext(NeutralRequest Request, RequestTarget Target, string RequestId, DateTimeOffset CreatedAt)
{
    /// <summary>Which of several answers to the request it is, from 0 on.</summary>
    public int Candidate { get; init; }

    /// <summary>The tool's name as the client knows it.</summary>
    public string ToolName(string sent) => Target.ToolNames.Original(sent);

    /// <summary>A signature as the client must send it back: tagged, unless it is of the client's own vendor.</summary>
    public string Signature(string? signature) =>
        signature is not null && Target.Vendor == Request.Vendor ? signature : SignatureTag.Wrap(Target.Vendor, Target.Scope, signature);
}

/// <summary>Writes neutral events as one client's format has them. Not thread-safe; one per attempt.</summary>
internal abstract class AnswerEncoder(AnswerContext context)
{
    protected AnswerContext Context { get; } = context;

    protected NeutralRequest Request => Context.Request;

    /// <summary>The model as the client spelled it.</summary>
    protected string Model => Context.Request.Model;

    /// <summary>Whether the client gets to see reasoning.</summary>
    protected bool ShowsReasoning => Request.Reasoning.Show ?? Context.Target.ShowReasoning;

    /// <summary>What has been written, where the format needs it for an error inside a stream.</summary>
    public virtual AnswerSoFar? SoFar => null;

    /// <summary>One event of a stream.</summary>
    /// <param name="usage">What is known by now; final with <see cref="EventKind.Stop"/>.</param>
    public abstract void WriteEvent(IBufferWriter<byte> output, in NeutralEvent next, in TokenUsage usage);

    /// <summary>What follows the stop in a stream; behind the last stop when there are several answers.</summary>
    public virtual void WriteEnd(IBufferWriter<byte> output, in TokenUsage usage)
    {
    }

    /// <summary>A whole answer, with its alternatives where the format has several.</summary>
    public abstract void WriteMessage(IBufferWriter<byte> output, NeutralMessage message, in TokenUsage usage);

    protected static Utf8JsonWriter Writer(IBufferWriter<byte> output) => new(output, JsonText.WriterOptions);
}
