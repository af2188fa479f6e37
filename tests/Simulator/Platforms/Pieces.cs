namespace Simulator.Platforms;

/// <summary>In which pieces a text is streamed.</summary>
internal static class Pieces
{
    public static IEnumerable<string> Of(IReadOnlyList<string> pieces, int? chunks) => (pieces, chunks) switch
    {
        ({ Count: > 1 }, _) => pieces,
        ({ Count: 0 }, _) => [],
        (_, { } count) => Even(pieces[0], count),
        _ => Words.Split(pieces[0]),
    };

    private static IEnumerable<string> Even(string text, int count)
    {
        for (int i = 0, start = 0; i < count; i++)
        {
            var end = (int)((long)text.Length * (i + 1) / count);
            if (end < text.Length && end > 0 && char.IsLowSurrogate(text[end]))
            {
                end++;
            }

            yield return text[start..end];
            start = end;
        }
    }
}
