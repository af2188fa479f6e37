namespace Gateway.Infrastructure.Auth.ApiKeys;

/// <summary>A model's name, or how the names of several begin: with one <c>*</c> at the end.</summary>
internal static class ModelPattern
{
    /// <summary>Case matters.</summary>
    public static bool Matches(string pattern, string model) =>
        pattern.EndsWith('*') ? model.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : model == pattern;

    /// <summary>Whether one of the patterns matches; none of them means all models.</summary>
    public static bool MatchesAny(IReadOnlyList<string> patterns, string model)
    {
        for (var i = 0; i < patterns.Count; i++)
        {
            if (Matches(patterns[i], model))
            {
                return true;
            }
        }

        return patterns.Count == 0;
    }
}
