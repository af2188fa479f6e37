using System.Collections.Concurrent;
using System.Collections.Frozen;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering.Limits;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Platforms.Capabilities;
using Gateway.Proxy.Scheduling.Concurrency;
using Gateway.Proxy.Tokens;

namespace Gateway.Proxy.Scheduling;

/// <summary>What the path of a proxied request needs to know of an account. Immutable but for its load and its credentials, which outlive it.</summary>
internal sealed class UpstreamAccount
{
    private readonly string _baseUrl;
    private readonly ConcurrentDictionary<string, Uri> _urls = new(StringComparer.Ordinal);
    private readonly FrozenSet<string> _models;
    private readonly IReadOnlyDictionary<string, string> _platformNames;

    public UpstreamAccount(
        Account account,
        LiveCredentials credentials,
        string baseUrl,
        HttpMessageInvoker invoker,
        AccountLoad load,
        IReadOnlyDictionary<string, string>? platformNames = null)
    {
        Id = account.Id;
        Platform = account.Platform;
        Enabled = account.Enabled && account.StatusReason is null;
        Group = account.Group;
        Priority = account.Priority;
        Weight = account.Weight;
        MaxConcurrency = account.MaxConcurrency;
        ChatUpstream = account.Options.ChatUpstream;
        Capabilities = new CapabilityOverrides(account.Options.Capabilities);
        Live = credentials;
        TokenEncoding = account.Options.TokenEncoding;
        Invoker = invoker;
        Load = load;
        Limits = AccountLimits.Of(account);
        ModelMapping = account.ModelMapping.ToFrozenDictionary(StringComparer.Ordinal);
        _models = account.Models.ToFrozenSet(StringComparer.Ordinal);
        _baseUrl = baseUrl;
        _platformNames = platformNames ?? FrozenDictionary<string, string>.Empty;
    }

    public long Id { get; }

    public Platform Platform { get; }

    /// <summary>Whether requests may go to it: the operator wants that, and it has no mark that only an operator can take away.</summary>
    public bool Enabled { get; }

    public string? Group { get; }

    /// <summary>The region that its credentials are for; null: its platform has none.</summary>
    public string? Region => Credentials.Find("region");

    /// <summary>Lower first.</summary>
    public int Priority { get; }

    public int Weight { get; }

    public int? MaxConcurrency { get; }

    /// <summary>What its operator lets it be used for.</summary>
    public AccountLimits Limits { get; }

    /// <summary><c>chat</c> or <c>responses</c>: which of OpenAI's formats the account is asked in; otherwise the request decides.</summary>
    public string? ChatUpstream { get; }

    /// <summary>What the account knows better of its models than the shipped table.</summary>
    public CapabilityOverrides Capabilities { get; }

    /// <summary>The newest that this instance knows, also when they were renewed after this snapshot.</summary>
    public AccountCredentials Credentials => Live.State.Credentials;

    public LiveCredentials Live { get; }

    /// <summary><c>form</c>: tokens are asked for as RFC 6749 has it; otherwise in JSON.</summary>
    public string? TokenEncoding { get; }

    /// <summary>The connection pool: shared by all accounts without an outbound proxy.</summary>
    public HttpMessageInvoker Invoker { get; }

    public AccountLoad Load { get; }

    public FrozenDictionary<string, string> ModelMapping { get; }

    /// <summary>Requested names that the account lists, mapped ones included.</summary>
    public IEnumerable<string> NamedModels => _models.Union(ModelMapping.Keys);

    /// <summary>Serves whatever its platform knows.</summary>
    public bool IsOpen => _models.Count == 0;

    /// <summary>The model's name at the platform: the account's own mapping, else the platform's name for what others know by another, else as it is.</summary>
    public string UpstreamModel(string model) =>
        ModelMapping.TryGetValue(model, out var mapped) ? mapped : _platformNames.GetValueOrDefault(model, model);

    /// <summary>The address of an operation on a model. Anybody may name any: such addresses are not kept.</summary>
    /// <param name="join">Base address, model and operation to address: one of <see cref="UpstreamUrl"/>.</param>
    public Uri Url(string model, string operation, Func<string, string, string, string> join) => new(join(_baseUrl, model, operation));

    /// <summary>The address of one operation; those without a query are made once.</summary>
    /// <param name="query">With a leading <c>?</c>, or empty.</param>
    /// <param name="join">Base address and operation to address: one of <see cref="UpstreamUrl"/>.</param>
    public Uri Url(string operation, string query, Func<string, string, string> join) =>
        query.Length > 0 ? new Uri(UpstreamUrl.WithQuery(join(_baseUrl, operation), query))
        : _urls.TryGetValue(operation, out var known) ? known
        : _urls.GetOrAdd(operation, new Uri(join(_baseUrl, operation)));

    /// <summary>An address that is not kept, since clients choose a part of it.</summary>
    /// <param name="join">Base address to address.</param>
    public Uri Url(Func<string, string> join) => new(join(_baseUrl));
}

/// <summary>How busy an account is. Kept when the account's settings change.</summary>
internal sealed class AccountLoad(long accountId)
{
    private int _inFlight;
    private double _pass;

    /// <summary>Requests that this instance has at the account.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>How far the account has come in taking turns: every request moves it by the inverse of its weight.</summary>
    public double Pass { get => Volatile.Read(ref _pass); set => Volatile.Write(ref _pass, value); }

    /// <summary>What its limit on requests at the same time is counted by, where it has one.</summary>
    public SlotPool Slots { get; } = new(RedisKeys.AccountSlots(accountId));

    public void Enter() => Interlocked.Increment(ref _inFlight);

    public void Leave() => Interlocked.Decrement(ref _inFlight);
}
