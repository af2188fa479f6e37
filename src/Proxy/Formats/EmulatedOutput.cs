using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>
/// A schema for the answer, at a model that takes none: it becomes a tool that the model is forced to call, and the call's arguments come back as the
/// answer's text. Models follow the schemas of tools far better than instructions.
/// </summary>
internal static class EmulatedOutput
{
    private const string ToolName = "emit_json";

    /// <summary>Changes the request if it must and can be; a model that cannot be forced is left to the encoder, which instructs it.</summary>
    public static NeutralRequest Apply(NeutralRequest request, RequestTarget target)
    {
        if (request.OutputFormat is not { Kind: OutputFormatKind.JsonSchema, Schema: { } schema } format
            || target.Capabilities.StructuredOutput
            || request.Tools.Count > 0
            || schema.Text("type") != "object"
            || !CanForce(request, target))
        {
            return request;
        }

        target.EmulatesOutput = true;
        return request with
        {
            OutputFormat = null,
            Tools = [new ToolDefinition(ToolName, format.Description ?? "Takes the whole answer.", schema, null)],
            ToolChoice = new ToolChoice(ToolChoiceKind.One, ToolName),
        };
    }

    /// <summary>An event of the answer as if the model had written text.</summary>
    public static NeutralEvent Restore(in NeutralEvent next) => next switch
    {
        { Kind: EventKind.Stop, Reason: StopReason.ToolCalls } => next with { Reason = StopReason.End },
        { Kind: not (EventKind.Start or EventKind.Stop), Block: BlockKind.ToolCall } => next with { Block = BlockKind.Text, Id = "", Name = "", Signature = null },
        _ => next,
    };

    private static bool CanForce(NeutralRequest request, RequestTarget target)
    {
        var asks = request.Reasoning is not { Effort: null or Effort.None, BudgetTokens: null, IsAdaptive: false };
        return target.Capabilities.ForcedToolChoiceWithThinking || (!asks && !target.Capabilities.ThinksByDefault);
    }
}
