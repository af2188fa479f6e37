using Gateway.Infrastructure.Auth;

namespace Gateway.Tests.Infrastructure.Auth;

public sealed class PasswordsTests
{
    [Fact]
    public async Task B17_a_burst_of_checks_is_refused_instead_of_queued_without_end()
    {
        using var passwords = new Passwords();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        var checks = Enumerable.Range(0, 1000).Select(_ => passwords.VerifyAsync(null, "a guess", end.Token)).ToList();

        // Whoever is refused knows at once: so many of the thousand as neither run nor wait.
        checks.Count(check => check.IsCompletedSuccessfully && check.Result.Error?.Status == 429).ShouldBe(1000 - (18 * Environment.ProcessorCount));
        await end.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(Task.WhenAll(checks));
        (await passwords.VerifyAsync(null, "a guess", TestContext.Current.CancellationToken)).Value.ShouldBeFalse();
    }
}
