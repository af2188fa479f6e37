using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.BedrockConverse;

/// <summary>Cache marks as far as the model takes them: another one is an error, and the model serves without it.</summary>
/// <remarks>Source: Amazon Bedrock user guide, prompt caching, supported models and fields, read 2026-11.</remarks>
internal static class ConverseMarks
{
    private const int ShortMinutes = 5;

    public static NeutralRequest Fit(NeutralRequest request, RequestTarget target)
    {
        var takes = target.Capabilities.Converse;
        var isWeakened = false;
        var fitted = request with
        {
            System = [.. request.System.Select(block => block with { CacheMinutes = Minutes(block.CacheMinutes, takes.CacheMarks) })],
            Tools = [.. request.Tools.Select(tool => tool with { CacheMinutes = Minutes(tool.CacheMinutes, takes.CacheMarksOnTools) })],
            Turns = [.. request.Turns.Select(turn => turn with { Blocks = [.. turn.Blocks.Select(block => block with { CacheMinutes = Minutes(block.CacheMinutes, takes.CacheMarks) })] })],
        };

        // To other clients the gateway itself has set the marks.
        if (isWeakened && request.Vendor == Vendors.Claude)
        {
            target.Drop(request.Names.CacheMarks);
        }

        return fitted;

        int? Minutes(int? wanted, bool isTaken)
        {
            int? minutes = wanted is null || !isTaken ? null : takes.HourCacheMarks ? wanted : ShortMinutes;
            isWeakened |= minutes != wanted;
            return minutes;
        }
    }
}
