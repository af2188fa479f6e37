namespace Gateway.Proxy.Formats;

/// <summary>Whose reasoning a platform would refuse, besides what carries the tag of another vendor.</summary>
/// <param name="Known">Signatures of other accounts, by their hashes; null: none is known.</param>
/// <param name="All">Nothing that is signed may go: the platform has refused it.</param>
internal readonly record struct ForeignSignatures(IReadOnlySet<UInt128>? Known, bool All)
{
    public bool IsNone => Known is null && !All;

    /// <param name="json">The signature with its quotes.</param>
    public bool Contains(ReadOnlySpan<byte> json) => All || (Known is not null && Neutral.SignatureHash.OfJson(json) is { } hash && Known.Contains(hash));
}
