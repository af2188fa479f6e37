namespace Gateway.Proxy.Neutral;

/// <summary>Texts to be turned into vectors, in no platform's words. Immutable.</summary>
/// <param name="Texts">In the order of the answer's vectors; at least one.</param>
internal sealed record NeutralEmbedding(IReadOnlyList<string> Texts)
{
    /// <summary>The client's name of the texts.</summary>
    public required string TextsField { get; init; }

    /// <summary>Length of the vectors; null: the model's own.</summary>
    public long? Dimensions { get; init; }

    /// <summary>Whether the client reads vectors as base64 of little-endian 32-bit floats.</summary>
    public bool AsBase64 { get; init; }

    /// <summary>Members of the body that no other format has a word for: named to the client, not sent.</summary>
    public IReadOnlyList<string> Untranslatable { get; init; } = [];
}
