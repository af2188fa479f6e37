using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAi;

/// <summary>Reads what requests for chat completions and for responses have in common.</summary>
/// <remarks>Source: OpenAI API reference, Chat Completions and Responses, read 2026-11.</remarks>
internal abstract class OpenAiRequestDecoder : RequestDecoder
{
    private readonly List<TextBlock> _instructions = [];

    /// <summary>The conversation as far as it has been read.</summary>
    protected List<Turn> Turns { get; } = [];

    /// <summary>The request with what both formats have in the same place.</summary>
    protected NeutralRequest ReadCommon(JsonElement body, FieldNames names) => new()
    {
        Names = names,
        Vendor = Vendors.OpenAi,
        Model = body.Text("model") ?? "",
        Stream = body.Boolean("stream") ?? false,
        System = _instructions,
        Turns = Turns,
        Temperature = body.Number("temperature"),
        TopP = body.Number("top_p"),
        EndUser = body.Text("safety_identifier") ?? body.Text("user"),
        CacheKey = body.Text("prompt_cache_key"),
        ServiceTier = body.Text("service_tier"),
        Metadata = body.TextMembers("metadata"),
    };

    /// <summary>Instructions before the first message are the request's; later ones stay in their place.</summary>
    protected void AddInstructions(IEnumerable<Block> blocks, string field)
    {
        var texts = blocks.OfType<TextBlock>().ToList();
        if (Turns.Count == 0)
        {
            _instructions.AddRange(texts);
        }
        else
        {
            Turns.Add(new Turn(TurnRole.System, texts, field));
        }
    }

    /// <summary>Media by address, or the bytes in a data URL.</summary>
    protected MediaBlock? FromUrl(MediaBlock media, string url, string field)
    {
        if (Media.ParseDataUrl(url) is { } data)
        {
            return media with { MediaType = data.Type, Base64 = data.Base64 };
        }

        if (url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            return media with { Url = url };
        }

        Refuse(field, "must be an http(s) address or a data URL in base64");
        return null;
    }

    protected static MediaBlock ReadAudio(JsonElement audio) => new(MediaKind.Audio) { Base64 = audio.Text("data"), MediaType = $"audio/{audio.Text("format")}" };

    /// <summary>A choice that is a word; one that is an object is the format's own.</summary>
    protected static ToolChoice ReadToolMode(string? mode) => mode switch
    {
        "none" => new ToolChoice(ToolChoiceKind.None),
        "required" => new ToolChoice(ToolChoiceKind.Any),
        _ => new ToolChoice(ToolChoiceKind.Auto),
    };

    /// <param name="mode">Of <c>allowed_tools</c>.</param>
    protected static ToolChoice ReadAllowedTools(string? mode, IReadOnlyList<string> names) =>
        new(mode == "required" ? ToolChoiceKind.Any : ToolChoiceKind.Auto) { Only = names };
}
