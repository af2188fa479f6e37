using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling;

namespace Gateway.Tests.Proxy.Scheduling;

public sealed class CooldownPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("auth_account", 401, null, 1800, true)]
    [InlineData("quota_account", 402, null, 3600, true)]
    [InlineData("rate_limit", 429, null, 60, false)]
    [InlineData("rate_limit", 429, 17.0, 17, false)]
    [InlineData("rate_limit", 429, 0.2, 1, false)]
    [InlineData("rate_limit", 429, 999_999.0, 1800, false)] // AC-08: a burst is no window of days.
    [InlineData("overloaded", 529, null, 15, false)]
    [InlineData("overloaded", 503, null, 10, false)]
    [InlineData("timeout", 0, null, 10, false)]
    [InlineData("unreachable", 0, null, 10, true)]
    [InlineData("truncated", 200, null, 5, false)]
    [InlineData("model_not_found", 404, null, 3600, false)]
    public void A_first_failure_has_its_pause(string kind, int status, double? retryAfter, double seconds, bool isWholeAccount)
    {
        var mark = After(Failure(kind) with { RetryAfter = retryAfter is { } after ? TimeSpan.FromSeconds(after) : null }, status)!;

        (mark.Until - mark.Since).TotalSeconds.ShouldBe(seconds, tolerance: 1.0);
        mark.ModelFamily.ShouldBe(isWholeAccount ? "" : "m");
    }

    [Theory]
    [InlineData("invalid_request", 400)]
    [InlineData("context_length", 400)]
    [InlineData("content_filter", 400)]
    [InlineData("client_gone", 200)]
    [InlineData("model_not_found", 0)] // The gateway's own word.
    [InlineData("no_account", 0)]
    public void What_the_account_is_not_to_blame_for_leaves_it_alone(string kind, int status) => After(Failure(kind), status).ShouldBeNull();

    [Fact]
    public void AC_08_a_window_that_is_proven_to_be_used_up_is_believed()
    {
        var mark = After(Failure("rate_limit") with { RetryAfter = TimeSpan.FromDays(4), IsLongLimit = true, IsWholeAccount = true }, 429)!;

        (mark.Until - mark.Since).ShouldBe(TimeSpan.FromDays(4), TimeSpan.FromSeconds(1));
        mark.ModelFamily.ShouldBe("");
    }

    [Fact]
    public void AC_11_a_limit_of_one_model_leaves_the_others_alone() =>
        After(Failure("quota_account") with { IsWholeAccount = false }, 429)!.ModelFamily.ShouldBe("m");

    [Fact]
    public void AC_07_pauses_grow_and_stay_short()
    {
        var seconds = new List<double>();
        CooldownMark? last = null;
        var now = Now;
        for (var i = 0; i < 5; i++)
        {
            last = CooldownPolicy.After(1, "m", Failure("overloaded"), 529, _ => last, now, 0.5)!;
            seconds.Add((last.Until - last.Since).TotalSeconds);
            now = last.Until;
        }

        seconds.ShouldBe([15, 30, 60, 60, 60]);
        CooldownPolicy.After(1, "m", Failure("overloaded"), 529, _ => last, now + TimeSpan.FromHours(1), 0.5)!.Count.ShouldBe(1, "what was an hour ago has nothing to do with it");
        CooldownPolicy.After(1, "m", Failure("timeout"), 0, _ => last, now, 0.5)!.Count.ShouldBe(1, "another trouble begins anew");
    }

    [Fact]
    public void AC_13_single_errors_pause_nothing_and_three_in_a_minute_do()
    {
        var first = After(Failure("server"), 500)!;
        var second = CooldownPolicy.After(1, "m", Failure("server"), 500, _ => first, Now.AddSeconds(20), 0.5)!;
        var third = CooldownPolicy.After(1, "m", Failure("server"), 500, _ => second, Now.AddSeconds(40), 0.5)!;

        first.IsPause.ShouldBeFalse();
        second.IsPause.ShouldBeFalse();
        (third.Until - third.Since).TotalSeconds.ShouldBe(30);
        CooldownPolicy.After(1, "m", Failure("server"), 500, _ => second, Now.AddSeconds(90), 0.5)!.IsPause.ShouldBeFalse("the first two are over a minute old");
    }

    [Fact]
    public void Accounts_that_failed_together_come_back_one_after_the_other()
    {
        var pauses = new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(jitter => CooldownPolicy.After(1, "m", Failure("overloaded"), 529, _ => null, Now, jitter)!.Until - Now).ToList();

        pauses.Distinct().Count().ShouldBe(5);
        pauses.ShouldAllBe(pause => pause >= TimeSpan.FromSeconds(12) && pause <= TimeSpan.FromSeconds(18));
    }

    private static Failure Failure(string kind) => new(FailureKinds.Parse(kind)!.Value, "said");

    private static CooldownMark? After(Failure failure, int status) => CooldownPolicy.After(1, "m", failure, status, _ => null, Now, 0.5);
}
