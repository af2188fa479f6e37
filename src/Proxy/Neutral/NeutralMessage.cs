using System.Text;
using System.Text.Json;

namespace Gateway.Proxy.Neutral;

/// <summary>A whole answer: its events folded.</summary>
/// <param name="Id">The platform's id; empty: it gave none.</param>
/// <param name="Blocks">In the platform's order.</param>
/// <param name="Detail">The stop sequence that was met, or the words of a refusal.</param>
internal sealed record NeutralMessage(string Id, IReadOnlyList<MessageBlock> Blocks, StopReason Reason, string? Detail)
{
    /// <summary>The other answers to the request, when it asked for several.</summary>
    public IReadOnlyList<NeutralMessage> Alternatives { get; init; } = [];

    /// <param name="events">Everything from the start to the stop.</param>
    public static NeutralMessage Fold(IEnumerable<NeutralEvent> events)
    {
        var id = "";
        var blocks = new List<MessageBlock>();
        var reason = StopReason.Other;
        string? detail = null, signature = null;
        var text = new StringBuilder();
        var logprobs = new List<JsonElement>();
        var begun = default(NeutralEvent);
        foreach (var next in events)
        {
            switch (next.Kind)
            {
                case EventKind.Start:
                    id = next.Text;
                    break;
                case EventKind.BlockStart:
                    begun = next;
                    text.Clear();
                    logprobs = [];
                    signature = next.Signature;
                    break;
                case EventKind.Delta:
                    text.Append(next.Text);
                    logprobs.AddRange(next.Logprobs.ValueKind == JsonValueKind.Array ? next.Logprobs.EnumerateArray() : []);
                    break;
                case EventKind.Signature:
                    signature = next.Text;
                    break;
                case EventKind.BlockEnd:
                    blocks.Add(new MessageBlock(begun.Block, text.ToString(), signature) { Id = begun.Id, Name = begun.Name, Logprobs = logprobs });
                    break;
                default:
                    reason = next.Reason;
                    detail = next.Detail;
                    break;
            }
        }

        return new NeutralMessage(id, blocks, reason, detail);
    }

    /// <summary>The texts of one kind, one behind the other; null: there is no such block.</summary>
    public string? Text(BlockKind kind)
    {
        var texts = Blocks.Where(block => block.Kind == kind).Select(block => block.Text).ToList();
        return texts.Count == 0 ? null : string.Concat(texts);
    }
}

/// <summary>A block of an answer.</summary>
/// <param name="Text">Text, reasoning, a refusal, or a call's arguments as the model wrote them.</param>
internal sealed record MessageBlock(BlockKind Kind, string Text, string? Signature)
{
    public string Id { get; init; } = "";

    /// <summary>The tokens of a text with their log probabilities, as OpenAI writes them; empty when there are none.</summary>
    public IReadOnlyList<JsonElement> Logprobs { get; init; } = [];

    public string Name { get; init; } = "";

    /// <summary>Arguments as formats want them that take text: a call without any has an empty object.</summary>
    public string ArgumentsText => string.IsNullOrWhiteSpace(Text) ? "{}" : Text;

    /// <summary>Arguments as formats want them that take an object.</summary>
    public JsonElement ArgumentsObject => ToolArguments.Parse(Text);
}
