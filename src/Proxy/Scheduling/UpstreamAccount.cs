using System.Collections.Concurrent;
using System.Collections.Frozen;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Platforms;

namespace Gateway.Proxy.Scheduling;

/// <summary>What the path of a proxied request needs to know of an account. Immutable but for its load, which outlives it.</summary>
internal sealed class UpstreamAccount
{
    private readonly ConcurrentDictionary<string, Uri> _urls = new(StringComparer.Ordinal);
    private readonly FrozenSet<string> _models;

    public UpstreamAccount(
        Account account, IReadOnlyDictionary<string, string> credentials, string baseUrl, HttpMessageInvoker invoker, AccountLoad load)
    {
        Id = account.Id;
        Platform = account.Platform;
        Enabled = account.Enabled;
        Group = account.Group;
        Priority = account.Priority;
        Weight = account.Weight;
        MaxConcurrency = account.MaxConcurrency;
        Credentials = credentials;
        Invoker = invoker;
        Load = load;
        ModelMapping = account.ModelMapping.ToFrozenDictionary(StringComparer.Ordinal);
        _models = account.Models.ToFrozenSet(StringComparer.Ordinal);
        BaseUrl = baseUrl;
    }

    public long Id { get; }

    public Platform Platform { get; }

    public bool Enabled { get; }

    public string? Group { get; }

    /// <summary>Lower first.</summary>
    public int Priority { get; }

    public int Weight { get; }

    public int? MaxConcurrency { get; }

    public IReadOnlyDictionary<string, string> Credentials { get; }

    /// <summary>The connection pool: shared by all accounts without an outbound proxy.</summary>
    public HttpMessageInvoker Invoker { get; }

    public AccountLoad Load { get; }

    public FrozenDictionary<string, string> ModelMapping { get; }

    /// <summary>Requested names that the account lists, mapped ones included.</summary>
    public IEnumerable<string> NamedModels => _models.Union(ModelMapping.Keys);

    /// <summary>Serves whatever its platform knows.</summary>
    public bool IsOpen => _models.Count == 0;

    public string UpstreamModel(string model) => ModelMapping.GetValueOrDefault(model, model);

    /// <summary>As the operator wrote it, or the platform's own: <see cref="UpstreamUrl"/> makes the address of a call from it.</summary>
    public string BaseUrl { get; }

    /// <param name="path">Below the version segment, without a leading slash.</param>
    /// <param name="query">With a leading <c>?</c>, or empty.</param>
    public Uri Url(string path, string query) => query.Length == 0
        ? _urls.GetOrAdd(path, static (path, baseUrl) => new Uri(UpstreamUrl.OpenAi(baseUrl, path)), BaseUrl)
        : new Uri(UpstreamUrl.WithQuery(UpstreamUrl.OpenAi(BaseUrl, path), query));
}

/// <summary>How busy an account is on this instance. Kept when the account's settings change.</summary>
internal sealed class AccountLoad
{
    private int _inFlight;

    public int InFlight => Volatile.Read(ref _inFlight);

    public void Enter() => Interlocked.Increment(ref _inFlight);

    public void Leave() => Interlocked.Decrement(ref _inFlight);
}
