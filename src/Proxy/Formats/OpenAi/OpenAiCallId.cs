using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAi;

/// <summary>Ids of tool calls as OpenAI's formats take them.</summary>
internal static class OpenAiCallId
{
    private const int MostCharacters = 64;

    public static string Fit(string id) => NeutralId.Fit(id, "call_", MostCharacters, character => character is > ' ' and <= '~');
}
