using System.Collections.Concurrent;
using Gateway.Infrastructure.Hosting;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Scheduling;

namespace Gateway.Proxy.Tokens;

/// <summary>Keeps the access tokens of OAuth accounts usable: one renewal at a time for each account, however many ask. Thread-safe.</summary>
internal sealed partial class TokenRefresher(TokenRenewal renewal, TimeProvider clock, ILogger<TokenRefresher> logger) : IHostedService, IStartupStep, IDisposable
{
    /// <summary>So long before its end a token is renewed in the background.</summary>
    public static readonly TimeSpan RefreshAhead = TimeSpan.FromMinutes(5);

    /// <summary>A token that ends so soon may do so on the way: requests wait for the next one.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromSeconds(30);

    /// <summary>After a failure nobody asks again for so long.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan MostPause = TimeSpan.FromSeconds(60);

    /// <summary>Accounts that were registered together do not all ask at the same moment.</summary>
    private const int MostJitterSeconds = 60;

    private const int MostAtATime = 8;

    private const int MostRounds = 3;

    private readonly ConcurrentDictionary<long, Turn> _turns = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Returns when the account's token can be used; null. Otherwise why it cannot.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up; the token is renewed for others all the same.</exception>
    public ValueTask<Failure?> EnsureAsync(UpstreamAccount account, CancellationToken cancellationToken)
    {
        var state = account.Live.State;
        return !state.IsRefused && !state.EndsWithin(RefreshAhead, clock.GetUtcNow()) ? default : RenewAsync(account, state, cancellationToken);
    }

    /// <summary>Notes that the platform did not take a token.</summary>
    /// <returns>Whether another try is worth it.</returns>
    public bool Refuse(UpstreamAccount account, string accessToken) => IsRenewable(account) && account.Live.Refuse(accessToken, clock.GetUtcNow());

    /// <summary>Renews the token of an account, whatever its end.</summary>
    /// <returns>Null: done, and stored.</returns>
    public async Task<Failure?> RefreshAsync(UpstreamAccount account, CancellationToken cancellationToken)
    {
        var turn = TurnOf(account.Id);
        if (Start(turn, account, account.Live.State) is not { } running)
        {
            return turn.LastFailure;
        }

        var failure = await running.Answered.WaitAsync(cancellationToken);
        if (failure is null)
        {
            await running.Done.WaitAsync(cancellationToken);
        }

        return failure;
    }

    /// <summary>Renews the tokens that end soon.</summary>
    public Task RefreshDueAsync(IEnumerable<UpstreamAccount> accounts, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        accounts.Where(IsDue),
        new ParallelOptions { MaxDegreeOfParallelism = MostAtATime, CancellationToken = cancellationToken },
        async (account, token) => await RefreshAsync(account, token));

    public static bool IsRenewable(UpstreamAccount account) => account.Credentials.Find(CredentialFields.RefreshToken) is not null;

    Task IStartupStep.RunAsync(CancellationToken cancellationToken) => renewal.RecoverAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A provider's answer that is under way must not be lost: the old refresh token may be worth nothing by then.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        var running = _turns.Values.Select(turn => turn.Running?.Done ?? Task.CompletedTask).ToList();
        try
        {
            await Task.WhenAll(running).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Log.Unfinished(logger, running.Count(task => !task.IsCompleted));
        }
    }

    public void Dispose() => _stopping.Dispose();

    private async ValueTask<Failure?> RenewAsync(UpstreamAccount account, CredentialState state, CancellationToken cancellationToken)
    {
        if (!IsRenewable(account))
        {
            return null;
        }

        var turn = TurnOf(account.Id);
        for (var round = 1; ; round++)
        {
            var running = Start(turn, account, state);
            if (!state.IsRefused && !state.EndsWithin(Reserve, clock.GetUtcNow()))
            {
                return null;
            }

            var failure = running is null ? turn.LastFailure : await running.Answered.WaitAsync(cancellationToken);
            state = account.Live.State;
            if (!state.IsRefused && state.ExpiresAt > clock.GetUtcNow())
            {
                return null;
            }

            // What was taken over from the row may have ended, too.
            if (failure is not null || round == MostRounds)
            {
                return failure ?? TokenRenewal.Unusable("The account's token has ended, and there is no newer one.");
            }

            await (running?.Done ?? Task.CompletedTask).WaitAsync(cancellationToken);
        }
    }

    private bool IsDue(UpstreamAccount account)
    {
        var state = account.Live.State;
        var jitter = TimeSpan.FromSeconds((uint)HashCode.Combine(account.Id, state.Version) % MostJitterSeconds);
        return account.Enabled && IsRenewable(account) && (state.IsRefused || state.EndsWithin(RefreshAhead + jitter, clock.GetUtcNow()));
    }

    private Turn TurnOf(long accountId) => _turns.GetOrAdd(accountId, _ => new Turn());

    /// <returns>The renewal that is under way, or a new one; null: the last one failed a moment ago.</returns>
    private Run? Start(Turn turn, UpstreamAccount account, CredentialState state)
    {
        lock (turn.Lock)
        {
            if (turn.Running is { } running)
            {
                return running;
            }

            if (turn.FailedVersion == state.Version && clock.GetUtcNow() < turn.PausedUntil)
            {
                return null;
            }

            // Not the caller's task: one client that leaves must not take the token from the others.
            var answered = new TaskCompletionSource<Failure?>(TaskCreationOptions.RunContinuationsAsynchronously);
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            turn.Running = running = new Run(answered.Task, started.Task);
            _ = Task.Run(() => RunAsync(turn, account.Id, state.Version, answered, started), CancellationToken.None);
            return running;
        }
    }

    private async Task RunAsync(Turn turn, long accountId, int version, TaskCompletionSource<Failure?> answered, TaskCompletionSource done)
    {
        try
        {
            await renewal.RunAsync(accountId, version, failure => Answer(failure), _stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            Answer(new Failure(FailureKind.Unavailable, "The gateway is stopping."));
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception, accountId);
            Answer(new Failure(FailureKind.Server, "The account's token could not be renewed: the gateway's log says why."));
        }
        finally
        {
            lock (turn.Lock)
            {
                turn.Running = null;
            }

            done.SetResult();
        }

        void Answer(Failure? failure)
        {
            lock (turn.Lock)
            {
                if (!answered.TrySetResult(failure))
                {
                    return;
                }

                turn.LastFailure = failure;
                turn.FailedVersion = failure is null ? null : version;
                turn.PausedUntil = clock.GetUtcNow() + (failure?.RetryAfter is { } asked && asked > Pause ? (asked < MostPause ? asked : MostPause) : Pause);
            }
        }
    }

    /// <param name="Answered">When requests can go on, or why they cannot.</param>
    /// <param name="Done">When the outcome is stored, too.</param>
    private sealed record Run(Task<Failure?> Answered, Task Done);

    private sealed class Turn
    {
        public Lock Lock { get; } = new();

        public Run? Running { get; set; }

        public Failure? LastFailure { get; set; }

        /// <summary>Null: the last renewal went well.</summary>
        public int? FailedVersion { get; set; }

        public DateTimeOffset PausedUntil { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The token of account {AccountId} could not be renewed")]
        public static partial void Failed(ILogger logger, Exception exception, long accountId);

        [LoggerMessage(LogLevel.Warning, "{Count} renewals of tokens were not finished in time")]
        public static partial void Unfinished(ILogger logger, int count);
    }
}
