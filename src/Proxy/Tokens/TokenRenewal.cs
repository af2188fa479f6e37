using System.Security.Cryptography;
using System.Text.Json;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Redis;
using Gateway.Infrastructure.Secrets;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Scheduling;
using Medallion.Threading.Redis;

namespace Gateway.Proxy.Tokens;

/// <summary>One renewal of one account's tokens.</summary>
/// <remarks>
/// 1 take the account's lock in Redis; 2 read the row again, for somebody may have renewed it; 3 ask the provider; 4 put the new pair on disk; 5 let requests
/// use it; 6 store it where the row is still the one that was read. While Redis is away 2 and 6 alone keep instances apart.
/// </remarks>
internal sealed partial class TokenRenewal(
    TokenStore store,
    PendingTokens pending,
    OAuthClient client,
    UpstreamAccountFactory factory,
    PlatformCatalogue catalogue,
    SecretBox box,
    RedisConnection redis,
    TimeProvider clock,
    ILogger<TokenRenewal> logger)
{
    public const string NeedsLogin = "needs_login";

    private const string InvalidGrant = "invalid_grant";

    /// <summary>Another instance may need as long for its own call.</summary>
    private static readonly TimeSpan LockWait = OAuthClient.Limit + TimeSpan.FromSeconds(5);

    private static readonly TimeSpan StoreAgain = TimeSpan.FromSeconds(1);

    /// <summary>So often, and so long apart, it is looked up whether another instance was faster, before an account is given up.</summary>
    private const int LooksBeforeGivingUp = 5;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(400);

    /// <param name="staleVersion">The credentials to be renewed; newer ones that the row has are taken instead.</param>
    /// <param name="answer">Called once it is known whether requests can go on, which may be before the database has the new pair. Null: they can.</param>
    /// <param name="stopping">Ends the wait for a database that is away: the pair on disk is stored by the next start.</param>
    public async Task RunAsync(long accountId, int staleVersion, Action<Failure?> answer, CancellationToken stopping)
    {
        var (handle, isLockedByAnother) = await LockAsync(accountId, stopping);
        try
        {
            answer(isLockedByAnother
                ? new Failure(FailureKind.Overloaded, "Another instance of the gateway is renewing the account's token and has not finished.")
                : await RenewAsync(accountId, staleVersion, answer, stopping));
        }
        catch (Exception exception) when (DatabaseFailure.Of(exception) is not null)
        {
            answer(new Failure(FailureKind.Unavailable, "The account's token cannot be renewed while the gateway's database is away."));
        }
        catch (Exception exception) when (exception is CryptographicException or JsonException or UriFormatException)
        {
            answer(Unusable("The account cannot be read: write its credentials and its proxy_url again."));
        }
        finally
        {
            await UnlockAsync(accountId, handle);
        }
    }

    /// <summary>Brings what an earlier process left to the database.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        foreach (var pair in pending.ReadAll())
        {
            try
            {
                await store.StoreAsync(pair, cancellationToken);
                pending.Remove(pair.AccountId);
                Log.Recovered(logger, pair.AccountId);
            }
            catch (Exception exception) when (exception is not OperationCanceledException && DatabaseFailure.Of(exception) is null)
            {
                // Nothing that lies on the disk may stop a start.
                Log.NotRecovered(logger, pair.AccountId, exception.Message);
            }
        }
    }

    private async Task<Failure?> RenewAsync(long accountId, int staleVersion, Action<Failure?> answer, CancellationToken stopping)
    {
        if (await store.ReadAsync(accountId, stopping) is not { } row)
        {
            return Unusable("The account is gone.");
        }

        var account = factory.Create(row, new AccountLoad(row.Id));
        var credentials = AccountCredentials.Open(box, accountId, row.CredentialsEncrypted);
        account.Live.Settle(row.CredentialVersion, credentials, row.UpdatedAtUtc, clock.GetUtcNow());
        if (row.CredentialVersion > staleVersion || credentials.Find(CredentialFields.RefreshToken) is not { } refreshToken)
        {
            return null;
        }

        var asked = await client.RefreshAsync(EndpointOf(account, catalogue[row.Platform]), refreshToken, CancellationToken.None);
        if (asked.Tokens is not { } tokens)
        {
            return await ExplainAsync(account, row.CredentialVersion, asked.Error!, stopping);
        }

        var renewed = credentials.Renewed(tokens.AccessToken, tokens.RefreshToken, tokens.ExpiresAtUtc);
        var pair = new PendingPair(accountId, row.CredentialVersion, row.UpdatedAtUtc, tokens.ExpiresAtUtc, renewed.Seal(box, accountId));
        pending.Write(pair);
        account.Live.Renew(row.CredentialVersion + 1, renewed, clock.GetUtcNow());
        answer(null);
        await StoreAsync(pair, account.Live, stopping);
        Log.Renewed(logger, accountId, tokens.ExpiresAtUtc);
        return null;
    }

    /// <summary>Only an operator can help the account.</summary>
    public static Failure Unusable(string message) => new(FailureKind.AuthAccount, message) { LeavesNoPause = true };

    private static OAuthEndpoint EndpointOf(UpstreamAccount account, PlatformDescription platform) => new(
        account.Invoker,
        account.Credentials.Find(CredentialFields.TokenUrl) is { } url ? new Uri(url) : account.Url(UpstreamUrl.Token),
        account.Credentials.Find(CredentialFields.ClientId),
        account.TokenEncoding == "form",
        platform.TokenHeader);

    /// <summary>The provider's answer is the only valid pair: it is stored, however long the database is away, and the lock is held meanwhile.</summary>
    private async Task StoreAsync(PendingPair pair, LiveCredentials live, CancellationToken stopping)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                await store.StoreAsync(pair, CancellationToken.None);
                if (await store.ReadAsync(pair.AccountId, CancellationToken.None) is { } row)
                {
                    live.Settle(row.CredentialVersion, AccountCredentials.Open(box, row.Id, row.CredentialsEncrypted), row.UpdatedAtUtc, clock.GetUtcNow());
                }

                pending.Remove(pair.AccountId);
                return;
            }
            catch (Exception exception) when (DatabaseFailure.Of(exception) is not null)
            {
                if (isFirst)
                {
                    Log.StoredLater(logger, pair.AccountId, exception.Message);
                }
            }

            await Task.Delay(StoreAgain, clock, stopping);
        }
    }

    private async Task<Failure?> ExplainAsync(UpstreamAccount account, int version, OAuthError error, CancellationToken stopping)
    {
        Log.Refused(logger, account.Id, error.Code);
        switch (error.Kind)
        {
            case OAuthErrorKind.InvalidGrant:
                for (var look = 1; await IsUnchangedAsync(account, version, stopping); look++)
                {
                    if (look >= LooksBeforeGivingUp)
                    {
                        if (await store.MarkAsync(account.Id, version, NeedsLogin, $"The provider refused the refresh token ({InvalidGrant}).", stopping))
                        {
                            Log.NeedsLogin(logger, account.Id);
                            return Unusable($"The provider no longer takes the account's refresh token ({InvalidGrant}): log in again, or write new credentials.");
                        }
                    }
                    else
                    {
                        await Task.Delay(BetweenLooks, clock, stopping);
                    }
                }

                // Somebody else has renewed it, which is why the old refresh token was refused.
                return null;

            case OAuthErrorKind.Configuration:
                var reason = $"The token endpoint refused the gateway ({error.Code}): correct client_id and token_url in the credentials.";
                await store.MarkAsync(account.Id, version, reason, $"The token endpoint answered {error.Code}.", stopping);
                return Unusable(reason);

            default:
                return new Failure(FailureKind.Overloaded, $"The account's token could not be renewed ({error.Code}).", RetryAfter: error.RetryAfter);
        }
    }

    /// <summary>Reads the row once more and takes over what is newer in it.</summary>
    private async Task<bool> IsUnchangedAsync(UpstreamAccount account, int version, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(account.Id, cancellationToken) is not { } row)
        {
            return false;
        }

        factory.Create(row, new AccountLoad(row.Id));
        return row.CredentialVersion == version;
    }

    /// <returns>No handle and no other holder: Redis is away.</returns>
    private async Task<(RedisDistributedLockHandle? Handle, bool IsLockedByAnother)> LockAsync(long accountId, CancellationToken stopping)
    {
        try
        {
            var handle = await new RedisDistributedLock(RedisKeys.TokenLock(accountId), redis.Database).TryAcquireAsync(LockWait, stopping);
            return (handle, handle is null);
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            Log.WithoutLock(logger, accountId, exception.Message);
            return (null, false);
        }
    }

    private async Task UnlockAsync(long accountId, RedisDistributedLockHandle? handle)
    {
        try
        {
            await using (handle)
            {
            }
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            Log.LockLeft(logger, accountId, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Account {AccountId} has a new access token, which ends at {ExpiresAtUtc:u}")]
        public static partial void Renewed(ILogger logger, long accountId, DateTime expiresAtUtc);

        [LoggerMessage(LogLevel.Warning, "The token endpoint of account {AccountId} gave no token: {Code}")]
        public static partial void Refused(ILogger logger, long accountId, string code);

        [LoggerMessage(LogLevel.Error, "Account {AccountId} needs a new log-in and is not used until then")]
        public static partial void NeedsLogin(ILogger logger, long accountId);

        [LoggerMessage(LogLevel.Warning, "The token of account {AccountId} is renewed without a lock, since Redis does not answer: {Reason}")]
        public static partial void WithoutLock(ILogger logger, long accountId, string reason);

        [LoggerMessage(LogLevel.Warning, "The lock on the tokens of account {AccountId} is left to its expiry: {Reason}")]
        public static partial void LockLeft(ILogger logger, long accountId, string reason);

        [LoggerMessage(LogLevel.Error, "New tokens of account {AccountId} are in use and on disk; the database does not take them yet: {Reason}")]
        public static partial void StoredLater(ILogger logger, long accountId, string reason);

        [LoggerMessage(LogLevel.Warning, "The database has the tokens of account {AccountId} that an earlier process left on disk, or newer ones")]
        public static partial void Recovered(ILogger logger, long accountId);

        [LoggerMessage(LogLevel.Error, "The tokens of account {AccountId} that an earlier process left on disk cannot be read: {Reason}")]
        public static partial void NotRecovered(ILogger logger, long accountId, string reason);
    }
}
