using Gateway.Proxy.Platforms;

namespace Gateway.Proxy.Tokens;

/// <summary>What an instance knows of an account's credentials at one moment.</summary>
/// <param name="Version">Of the row that holds them, or will hold them.</param>
/// <param name="ExpiresAt">When the access token ends; credentials without an end have one that never comes.</param>
/// <param name="ChangedAtUtc">Last change of the account by an operator, when they were read.</param>
/// <param name="RenewedAt">When the tokens were issued, as far as this instance has noticed; null: it has not, and they may be of any age.</param>
/// <param name="IsPending">They are not in the database yet, which therefore knows less.</param>
/// <param name="IsRefused">The platform did not take the access token although it has not ended.</param>
internal sealed record CredentialState(
    int Version, AccountCredentials Credentials, DateTimeOffset ExpiresAt, DateTime ChangedAtUtc, DateTimeOffset? RenewedAt, bool IsPending = false, bool IsRefused = false)
{
    /// <summary>Whether the access token ends within that time, or within half its life if that is shorter: a token that lives for minutes is not renewed all the time.</summary>
    public bool EndsWithin(TimeSpan time, DateTimeOffset now)
    {
        var half = RenewedAt is { } renewed ? (ExpiresAt - renewed) / 2 : time;
        return ExpiresAt - now <= (half < time ? half : time);
    }
}

/// <summary>
/// The newest credentials of one account for one address. They outlive the snapshots of accounts: a request that began with an older snapshot goes on with
/// a token that was renewed meanwhile. Thread-safe.
/// </summary>
/// <param name="place">Address and outbound proxy. Credentials for another place are another object's: those of an older snapshot never follow a change of the address.</param>
internal sealed class LiveCredentials(string place)
{
    /// <summary>A token as young as that which a platform refuses is no reason for another: it would be refused as well.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private volatile CredentialState? _state;

    public string Place => place;

    /// <exception cref="InvalidOperationException">None were offered yet.</exception>
    public CredentialState State => _state ?? throw new InvalidOperationException("There are no credentials yet.");

    /// <summary>Takes what the database holds, unless this instance knows something newer.</summary>
    /// <param name="changedAtUtc">Last change of the account by an operator: if that is as before, it was another instance that renewed the tokens, just now.</param>
    public void Offer(int version, AccountCredentials credentials, DateTime changedAtUtc, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_state is { } known && (known.IsPending || version < known.Version))
            {
                return;
            }

            if (_state is { } same && version == same.Version && HaveSameToken(same.Credentials, credentials))
            {
                _state = same with { ChangedAtUtc = changedAtUtc };
            }
            else
            {
                Set(version, credentials, changedAtUtc, now, isPending: false);
            }
        }
    }

    /// <summary>Takes tokens that a provider has just issued. They count at once; the database follows.</summary>
    public void Renew(int version, AccountCredentials credentials, DateTimeOffset now)
    {
        lock (_lock)
        {
            Set(version, credentials, State.ChangedAtUtc, now, isPending: true);
        }
    }

    /// <summary>The database is asked again: what it holds stands.</summary>
    /// <param name="changedAtUtc">As in <see cref="Offer"/>.</param>
    public void Settle(int version, AccountCredentials credentials, DateTime changedAtUtc, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_state is { } known && HaveSameToken(known.Credentials, credentials))
            {
                _state = known with { Version = version, ChangedAtUtc = changedAtUtc, IsPending = false };
            }
            else
            {
                Set(version, credentials, changedAtUtc, now, isPending: false);
            }
        }
    }

    /// <summary>Notes that the platform did not take an access token.</summary>
    /// <returns>Whether another try may go better: there is a newer token, or one is worth asking for.</returns>
    public bool Refuse(string accessToken, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_state is not { } known || known.Credentials.Find(CredentialFields.AccessToken) != accessToken)
            {
                return _state is not null;
            }

            if (now - known.RenewedAt < Young)
            {
                return false;
            }

            _state = known with { IsRefused = true };
            return true;
        }
    }

    private static bool HaveSameToken(AccountCredentials one, AccountCredentials other) =>
        one.Kind == other.Kind
        && one.Find(CredentialFields.AccessToken) is { } token && token == other.Find(CredentialFields.AccessToken)
        && one.Find(CredentialFields.RefreshToken) == other.Find(CredentialFields.RefreshToken)
        && one.Find(CredentialFields.ExpiresAt) == other.Find(CredentialFields.ExpiresAt);

    private void Set(int version, AccountCredentials credentials, DateTime changedAtUtc, DateTimeOffset now, bool isPending)
    {
        var ends = credentials.FindTime(CredentialFields.ExpiresAt) is { } utc ? new DateTimeOffset(utc) : DateTimeOffset.MaxValue;
        _state = _state is { } known
            ? new CredentialState(version, credentials.Replacing(known.Credentials), ends, changedAtUtc, known.ChangedAtUtc == changedAtUtc ? now : null, isPending)
            : new CredentialState(version, credentials, ends, changedAtUtc, null, isPending);
    }
}
