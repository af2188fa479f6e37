using System.Security.Cryptography;
using Gateway.Infrastructure.Persistence.Entities;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Gateway.Infrastructure.Auth;

/// <summary>Password hashes: PBKDF2 with HMAC-SHA512. A check takes about 0.2 s of one core on purpose, so only a few run at a time.</summary>
internal sealed class Passwords : IDisposable
{
    // OWASP Password Storage Cheat Sheet (read 2026-11): 210,000 iterations for PBKDF2-HMAC-SHA512.
    private const int Iterations = 210_000;

    private readonly PasswordHasher<User> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));
    private static readonly int Slots = 2 * Environment.ProcessorCount;

    // About 3 seconds of work: whoever would wait longer is told to come back.
    private static readonly int MostWaiting = 8 * Slots;

    private readonly SemaphoreSlim _slots = new(Slots);
    private int _checks;
    private readonly Lazy<string> _dummy;

    public Passwords() => _dummy = new Lazy<string>(() => _hasher.HashPassword(null!, Guid.NewGuid().ToString()));

    /// <summary>A password of 116 bits without characters that are taken for one another.</summary>
    public static string Generate() => RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 20);

    public async Task<string> HashAsync(string password, CancellationToken cancellationToken) =>
        await InSlotAsync(() => _hasher.HashPassword(null!, password), cancellationToken);

    /// <summary>Compares in the same time whether or not there is a hash. Fails when too many wait already.</summary>
    /// <param name="hash">Null: there is no such user.</param>
    public async Task<Result<bool>> VerifyAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _checks) > Slots + MostWaiting)
            {
                return GatewayError.TooManyRequests("Too many people are logging in at the same time. Try again shortly.", TimeSpan.FromSeconds(2));
            }

            var matches = await InSlotAsync(
                () => _hasher.VerifyHashedPassword(null!, hash ?? _dummy.Value, password) != PasswordVerificationResult.Failed, cancellationToken);
            return matches && hash is not null;
        }
        finally
        {
            Interlocked.Decrement(ref _checks);
        }
    }

    public void Dispose() => _slots.Dispose();

    private async Task<T> InSlotAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        finally
        {
            _slots.Release();
        }
    }
}
