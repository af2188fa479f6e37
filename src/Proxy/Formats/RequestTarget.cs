using System.Security.Cryptography;
using System.Text;
using Gateway.Infrastructure;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Formats;

/// <summary>Where a converted request goes, and what could not be said there. Not thread-safe; one per attempt.</summary>
/// <param name="strict">Whether the key's owner wants a refusal rather than a request that lost something (<c>strict_conversion</c>).</param>
/// <param name="showReasoning">Whether reasoning may be shown to clients that did not ask for it (<c>show_reasoning</c>).</param>
internal sealed class RequestTarget(Platform platform, string model, ModelCapabilities capabilities, string vendor, string scope, bool strict, bool showReasoning)
{
    private readonly List<string> _dropped = [];

    public Platform Platform { get; } = platform;

    /// <summary>As it is named at the platform.</summary>
    public string Model { get; } = model;

    public ModelCapabilities Capabilities { get; } = capabilities;

    /// <summary>Whose model it is, one of <see cref="Vendors"/>: nobody else accepts its signatures.</summary>
    public string Vendor { get; } = vendor;

    /// <summary>Whose signatures the account accepts: those made in another scope are of no use to it.</summary>
    public string Scope { get; } = scope;

    /// <summary>What it would refuse besides.</summary>
    public ForeignSignatures Foreign { get; init; }

    public bool ShowReasoning { get; } = showReasoning;

    /// <summary>Whether the prompt cache is to be marked for clients that cannot (<c>auto_cache</c>).</summary>
    public bool AutoCache { get; init; }

    /// <summary>Whether the answer is asked for as a tool's arguments (<see cref="Formats.EmulatedOutput"/>).</summary>
    public bool EmulatesOutput { get; set; }

    /// <summary>Who asks: names of end users are told apart by it, so that a platform cannot join those of different tenants.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>The client's name for its end user as a platform may know it: 64 hexadecimal digits that nobody can trace back.</summary>
    public string EndUser(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Tenant}\n{name}")));

    /// <summary>Names of tools as they were sent, by the client's names; only those that had to change.</summary>
    public ToolNames ToolNames { get; } = new();

    /// <summary>The client's names of what was left out or weakened, each once, for <c>x-gateway-dropped</c>.</summary>
    public IReadOnlyList<string> Dropped => _dropped;

    /// <summary>Why the request cannot be sent there; null: it can. The first reason counts.</summary>
    public Failure? Refusal { get; private set; }

    /// <summary>Something that only tunes quality, cost or telemetry is left out or weakened.</summary>
    /// <param name="field">As the client calls it.</param>
    public void Drop(string field)
    {
        if (strict)
        {
            Refuse(field, "cannot be carried to the platform that serves this model, and this API key wants nothing left out (strict_conversion)");
        }
        else if (!_dropped.Contains(field))
        {
            _dropped.Add(field);
        }
    }

    /// <summary>Something without which the answer would not be what the client expects.</summary>
    /// <param name="field">As the client calls it.</param>
    /// <param name="problem">Continues the field's name: <c>is not supported …</c>.</param>
    public void Refuse(string field, string problem) => Refusal ??= Failure.Invalid(field, $"'{field}' {problem}.");

    /// <summary>As <see cref="Refuse"/>, for what the platform does not have.</summary>
    public void RefuseUnsupported(string field) => Refuse(field, "is not supported by the platform that serves this model");
}
