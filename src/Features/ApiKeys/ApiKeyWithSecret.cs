using System.Diagnostics.CodeAnalysis;

namespace Gateway.Features.ApiKeys;

/// <summary>An API key with its secret, as it is shown this once.</summary>
public sealed record ApiKeyWithSecret : ApiKeyView
{
    [SetsRequiredMembers]
    internal ApiKeyWithSecret(ApiKeyView view, string key)
        : base(view) => Key = key;

    /// <summary>The secret, <c>sk-…</c>: only its hash is stored, so it cannot be shown again.</summary>
    public string Key { get; }
}
