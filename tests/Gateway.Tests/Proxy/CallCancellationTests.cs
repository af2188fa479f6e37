using Gateway.Proxy;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Proxy;

/// <summary>AC-31: the time limits of a call, apart from one another, on one source.</summary>
public sealed class CallCancellationTests : IDisposable
{
    private static readonly TimeLimits Limits = new(
        Headers: TimeSpan.FromSeconds(60), FirstEvent: TimeSpan.FromSeconds(100), Idle: TimeSpan.FromSeconds(30), Client: TimeSpan.FromSeconds(10), Total: TimeSpan.FromSeconds(600));

    private readonly FakeTimeProvider _clock = new();
    private readonly CancellationTokenSource _client = new();
    private readonly CancellationTokenSource _process = new();
    private readonly CallCancellation _end;

    public CallCancellationTests() => _end = new CallCancellation(Limits, _clock.GetTimestamp(), _clock, _client.Token, _process.Token);

    public void Dispose()
    {
        _end.Dispose();
        _client.Dispose();
        _process.Dispose();
    }

    [Fact]
    public void Nothing_is_limited_before_a_request_goes_out()
    {
        Pass(3600);

        _end.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public void A_platform_has_its_time_for_the_status_line()
    {
        _end.AwaitHeaders();
        Pass(59);
        _end.IsCancellationRequested.ShouldBeFalse();

        Pass(1);

        _end.Reached.ShouldBe(TimeLimit.Headers);
    }

    [Fact]
    public void Bytes_without_content_do_not_put_off_the_limit_of_the_first_content()
    {
        _end.AwaitHeaders();
        for (var seconds = 0; seconds < 100; seconds += 20)
        {
            _end.IsCancellationRequested.ShouldBeFalse();
            _end.AwaitBytes();
            Pass(20);
        }

        _end.Reached.ShouldBe(TimeLimit.FirstEvent);
    }

    [Fact]
    public void Once_content_has_come_only_silence_ends_an_answer()
    {
        _end.AwaitHeaders();
        _end.ContentHasCome();
        for (var seconds = 0; seconds < 200; seconds += 20)
        {
            _end.AwaitBytes();
            Pass(20);
        }

        _end.IsCancellationRequested.ShouldBeFalse();
        Pass(10);
        _end.Reached.ShouldBe(TimeLimit.Idle);
    }

    [Fact]
    public void No_answer_takes_longer_than_the_whole_call_may_however_busy_it_is()
    {
        _end.AwaitHeaders();
        _end.ContentHasCome();
        for (var seconds = 0; seconds < 600; seconds += 20)
        {
            _end.IsCancellationRequested.ShouldBeFalse();
            _end.AwaitBytes();
            Pass(20);
        }

        _end.Reached.ShouldBe(TimeLimit.Total);
    }

    [Fact]
    public void A_client_that_does_not_read_is_told_from_a_silent_platform()
    {
        _end.AwaitHeaders();
        _end.ContentHasCome();
        _end.AwaitClient();
        Pass(10);

        _end.AwaitBytes();

        _end.Reached.ShouldBe(TimeLimit.Client);
    }

    [Fact]
    public void An_attempt_that_ran_out_of_time_leaves_the_next_one_all_of_its_own()
    {
        _end.AwaitHeaders();
        var first = _end.Token;
        Pass(60);

        _end.EndAttempt();

        first.IsCancellationRequested.ShouldBeTrue();
        _end.IsCancellationRequested.ShouldBeFalse();
        _end.Reached.ShouldBe(TimeLimit.None);
        Pass(60);
        _end.AwaitHeaders();
        Pass(59);
        _end.IsCancellationRequested.ShouldBeFalse();
        Pass(1);
        _end.Reached.ShouldBe(TimeLimit.Headers);
    }

    [Fact]
    public void The_time_of_an_attempt_that_has_ended_runs_no_further()
    {
        _end.AwaitHeaders();
        _end.EndAttempt();

        Pass(3600);

        _end.IsCancellationRequested.ShouldBeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_client_that_leaves_and_a_process_that_stops_end_every_attempt(bool stops)
    {
        _end.AwaitHeaders();
        Pass(60);
        _end.EndAttempt();

        (stops ? _process : _client).Cancel();

        _end.IsCancellationRequested.ShouldBeTrue();
        _end.Reached.ShouldBe(TimeLimit.None);
        _end.EndAttempt();
        _end.IsCancellationRequested.ShouldBeTrue();
    }

    private void Pass(int seconds) => _clock.Advance(TimeSpan.FromSeconds(seconds));
}
