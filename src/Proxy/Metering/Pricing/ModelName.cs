using System.Buffers;
using Gateway.Infrastructure;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>The parts of a model's name that say when or where rather than what. Slices only: a look-up allocates nothing.</summary>
internal static class ModelName
{
    /// <summary>Longer names are nobody's: the longest shipped one has 55 characters.</summary>
    public const int MaxLength = 512;

    private static readonly string[] RegionPrefixes = ["us.", "eu.", "apac.", "global.", "au.", "jp.", "ca.", "us-gov."];

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    /// <summary>An ARN names its model after the last slash.</summary>
    public static ReadOnlySpan<char> WithoutArn(ReadOnlySpan<char> name) =>
        name.StartsWith("arn:", StringComparison.OrdinalIgnoreCase) ? name[(name.LastIndexOf('/') + 1)..] : name;

    /// <summary>Takes a region's prefix off a Bedrock id.</summary>
    public static bool TryStripRegion(ReadOnlySpan<char> name, out ReadOnlySpan<char> bare)
    {
        foreach (var prefix in RegionPrefixes)
        {
            if (name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                bare = name[prefix.Length..];
                return true;
            }
        }

        bare = name;
        return false;
    }

    /// <summary>
    /// Takes a snapshot's date off the end: <c>-YYYYMMDD</c>, <c>@YYYYMMDD</c>, <c>-YYYY-MM-DD</c> and, as OpenAI has it, <c>-MMDD</c>.
    /// Digits that are no date belong to the name (<c>mistral-large-2402</c>).
    /// </summary>
    public static bool TryStripDate(Platform platform, ReadOnlySpan<char> name, out ReadOnlySpan<char> undated)
    {
        undated = name;
        if (EndsWithDigits(name, 8) && name[^9] is '-' or '@' && IsYear(name[^8..^4]) && IsMonthAndDay(name[^4..^2], name[^2..]))
        {
            undated = name[..^9];
        }
        else if (name.Length > 11 && name[^11] == '-' && name[^6] == '-' && name[^3] == '-'
            && IsYear(name[^10..^6]) && IsMonthAndDay(name[^5..^3], name[^2..]))
        {
            undated = name[..^11];
        }
        else if (platform is Platform.OpenAi or Platform.Azure
            && EndsWithDigits(name, 4) && name[^5] == '-' && IsMonthAndDay(name[^4..^2], name[^2..]))
        {
            undated = name[..^5];
        }

        return undated.Length < name.Length;
    }

    /// <summary>Splits <c>ft:&lt;base&gt;:…</c>, a model that a customer fine-tuned.</summary>
    /// <param name="name">The name.</param>
    /// <param name="tuned"><c>ft:&lt;base&gt;</c>.</param>
    /// <param name="baseModel"><c>&lt;base&gt;</c>.</param>
    public static bool TryFineTuned(ReadOnlySpan<char> name, out ReadOnlySpan<char> tuned, out ReadOnlySpan<char> baseModel)
    {
        tuned = baseModel = default;
        if (!name.StartsWith("ft:", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var length = name[3..].IndexOf(':');
        if (length <= 0)
        {
            return false;
        }

        tuned = name[..(3 + length)];
        baseModel = name.Slice(3, length);
        return true;
    }

    /// <summary>Whether the name prices one region only, and so says nothing of others that share its price.</summary>
    public static bool IsRegional(Platform platform, ReadOnlySpan<char> name) =>
        name.Contains('/') || (platform == Platform.Bedrock && TryStripRegion(name, out _));

    private static bool EndsWithDigits(ReadOnlySpan<char> name, int count) =>
        name.Length > count + 1 && !name[^count..].ContainsAnyExcept(Digits);

    private static bool IsYear(ReadOnlySpan<char> text) => text is ['2', '0', >= '1' and <= '9', >= '0' and <= '9'];

    private static bool IsMonthAndDay(ReadOnlySpan<char> month, ReadOnlySpan<char> day) =>
        month is ['0', >= '1' and <= '9'] or ['1', >= '0' and <= '2']
        && day is ['0', >= '1' and <= '9'] or ['1' or '2', >= '0' and <= '9'] or ['3', '0' or '1'];
}
