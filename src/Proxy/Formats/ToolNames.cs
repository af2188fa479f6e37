using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>Names of tools that a platform would refuse, replaced for one request and put back in its answer. The same names give the same replacements.</summary>
internal sealed class ToolNames
{
    private const int HashLength = 6;

    private readonly Dictionary<string, string> _sent = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _original = new(StringComparer.Ordinal);

    /// <summary>The name as the platform takes it.</summary>
    /// <param name="isAllowed">Which characters it takes.</param>
    /// <param name="isFirstAllowed">Which it takes in the first place; null: the same.</param>
    public string Sent(string name, int mostLength, Func<char, bool> isAllowed, Func<char, bool>? isFirstAllowed = null)
    {
        if (_sent.TryGetValue(name, out var known))
        {
            return known;
        }

        var sent = Fit(name, mostLength, isAllowed);
        if (sent.Length > 0 && isFirstAllowed?.Invoke(sent[0]) == false)
        {
            sent = "_" + sent[1..];
        }

        if (sent != name || _original.ContainsKey(sent))
        {
            var hash = NeutralId.Hash(name, HashLength);
            sent = $"{sent[..Math.Min(sent.Length, mostLength - HashLength - 1)]}_{hash}";
        }

        _sent[name] = sent;
        _original[sent] = name;
        return sent;
    }

    /// <summary>The name as the client knows it.</summary>
    public string Original(string sent) => _original.GetValueOrDefault(sent, sent);

    private static string Fit(string name, int mostLength, Func<char, bool> isAllowed) =>
        string.Concat(name.Select(character => isAllowed(character) ? character : '_'))[..Math.Min(name.Length, mostLength)];
}
