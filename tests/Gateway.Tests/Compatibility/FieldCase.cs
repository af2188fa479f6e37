using Gateway.Proxy.Formats;

namespace Gateway.Tests.Compatibility;

/// <summary>What becomes of a field on its way to a platform.</summary>
internal enum Fate
{
    /// <summary>Sent as it came.</summary>
    Kept,

    /// <summary>Said in the platform's words.</summary>
    Changed,

    /// <summary>The gateway does what the platform cannot.</summary>
    Emulated,

    /// <summary>Not sent, without any effect that the client could see.</summary>
    LeftOut,

    /// <summary>Left out or weakened, and named in <c>x-gateway-dropped</c>.</summary>
    Weakened,

    /// <summary>Answered with 400 that names the field.</summary>
    Refused,
}

/// <summary>One field of a client's format.</summary>
/// <param name="Name">As the document calls it.</param>
/// <param name="Members">Members that are merged into the simplest request: <c>"temperature":0.5</c>.</param>
/// <param name="Rules">
/// What the rules of conversion want, a letter for each of <see cref="CompatibilityTable.Columns"/> but the client's own format (<c>-</c>): P kept, M changed, E emulated, D left out, W weakened, R refused.
/// </param>
internal sealed record FieldCase(string Name, string Members, string Rules)
{
    /// <summary>The client's format.</summary>
    public WireFormat Client { get; init; }

    /// <summary>Only models that reason know it.</summary>
    public bool Reasons { get; init; }
}
