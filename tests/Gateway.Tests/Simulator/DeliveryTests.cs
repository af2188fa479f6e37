using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Simulator;

public sealed class DeliveryTests(SharedSimulator simulator)
{
    private const string ThreeEvents = "data: {\"a\":1}\n\ndata: {\"b\":\"€\"}\n\ndata: [DONE]\n\n";

    private readonly SimulatedAccount _account = simulator.Server.NewAccount(CredentialPrefix.OpenAi);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_verbatim_stream_arrives_byte_for_byte()
    {
        _account.Enqueue(ScriptedAnswer.Sse(ThreeEvents));

        using var response = await StreamAsync();

        (await response.TextAsync()).ShouldBe(ThreeEvents);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/event-stream; charset=utf-8");
        (await _account.WaitForFinishAsync(1, Cancel)).EventsSent.ShouldBe(3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_cut_falls_behind_exactly_so_many_events(int count)
    {
        _account.Enqueue(ScriptedAnswer.Sse(ThreeEvents).CutAfterEvent(count));

        using var response = await StreamAsync();

        var events = string.Concat(ThreeEvents.Split("\n\n").Take(count).Select(text => text + "\n\n"));
        Encoding.UTF8.GetString(await response.ReadUntilResetAsync()).ShouldBe(events);
        await _account.WaitUntilIdleAsync(Cancel);
        _account.Requests[0].Outcome.ShouldBe(RequestOutcome.Cut);
    }

    [Fact]
    public async Task A_cut_can_fall_inside_a_character()
    {
        var inside = Encoding.UTF8.GetBytes(ThreeEvents[..(ThreeEvents.IndexOf('€') + 1)]).Length - 1;
        _account.Enqueue(ScriptedAnswer.Sse(ThreeEvents).CutAtByte(inside));

        using var response = await StreamAsync();

        (await response.ReadUntilResetAsync()).ShouldBe(Encoding.UTF8.GetBytes(ThreeEvents)[..inside]);
    }

    [Fact]
    public async Task A_counted_body_can_be_cut_too()
    {
        _account.Enqueue(ScriptedAnswer.Text("Hello").CutAtByte(10));

        using var response = await simulator.Server.PostAsync(_account, Upstream.Chat, Upstream.Hello);

        response.Content.Headers.ContentLength.ShouldNotBeNull().ShouldBeGreaterThan(10);
        (await response.ReadUntilResetAsync()).Length.ShouldBe(10);
    }

    [Fact]
    public async Task A_promised_length_that_is_too_long_ends_in_a_cut()
    {
        _account.Enqueue(ScriptedAnswer.Verbatim("{}").WithHeader("content-length", "99"));

        using var response = await simulator.Server.PostAsync(_account, Upstream.Chat, Upstream.Hello);

        (await response.ReadUntilResetAsync()).ShouldBe("{}"u8.ToArray());
    }

    [Fact]
    public async Task A_cut_before_the_headers_leaves_no_answer_at_all()
    {
        _account.Enqueue(ScriptedAnswer.Text("Hello").CutBeforeHeaders());

        await Should.ThrowAsync<HttpRequestException>(StreamAsync());

        await _account.WaitUntilIdleAsync(Cancel);
        _account.Requests[0].StatusCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_stall_lasts_until_the_client_leaves()
    {
        _account.Enqueue(ScriptedAnswer.Sse(ThreeEvents).StallAfterEvent(1));
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var response = await StreamAsync();
        using var stream = await response.Content.ReadAsStreamAsync(Cancel);
        var first = new byte["data: {\"a\":1}\n\n".Length];
        await stream.ReadExactlyAsync(first, Cancel);
        var next = stream.ReadAsync(new byte[1], leave.Token).AsTask();
        next.IsCompleted.ShouldBeFalse();

        await leave.CancelAsync();

        var aborted = await _account.WaitForAbortAsync(1, Cancel);
        aborted.Outcome.ShouldBe(RequestOutcome.ClientAborted);
        aborted.EventsSent.ShouldBe(1);
        await Should.ThrowAsync<OperationCanceledException>(next);
    }

    [Fact]
    public async Task A_stall_before_the_headers_lasts_until_the_client_leaves()
    {
        _account.Enqueue(ScriptedAnswer.Text("Hello").StallBeforeHeaders());
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var answer = simulator.Server.PostAsync(_account, Upstream.Chat, Upstream.HelloStream, leave.Token);
        await _account.WaitForRequestAsync(1, Cancel);
        _account.InFlight.ShouldBe(1);

        await leave.CancelAsync();

        (await _account.WaitForAbortAsync(1, Cancel)).StatusCode.ShouldBe(0);
        await Should.ThrowAsync<OperationCanceledException>(answer);
    }

    [Fact]
    public async Task A_stopping_simulator_resets_what_is_stalled()
    {
        var server = await SimulatorServer.StartAsync(cancellationToken: Cancel);
        var account = server.NewAccount(CredentialPrefix.OpenAi);
        account.Enqueue(ScriptedAnswer.Sse(ThreeEvents).StallAfterEvent(1));
        using var response = await server.PostAsync(account, Upstream.Chat, Upstream.HelloStream);

        await server.DisposeAsync();

        await response.ReadUntilResetAsync();
        account.Requests[0].Outcome.ShouldBe(RequestOutcome.Stopped);
    }

    [Fact]
    public async Task A_gate_holds_what_follows_and_has_sent_what_precedes()
    {
        var gate = new Gate();
        _account.Enqueue(ScriptedAnswer.Sse(ThreeEvents).HoldAfterEvent(1, gate));
        using var response = await StreamAsync();
        await gate.WaitUntilReachedAsync(Cancel);
        var held = _account.Requests[0].EventsSent;

        gate.Open();

        (await response.TextAsync()).ShouldBe(ThreeEvents);
        held.ShouldBe(1);
    }

    [Fact]
    public async Task A_gate_before_the_headers_holds_the_whole_answer()
    {
        var gate = new Gate();
        _account.Enqueue(ScriptedAnswer.Text("Hello").HoldHeaders(gate));
        var answer = StreamAsync();
        await gate.WaitUntilReachedAsync(Cancel);
        answer.IsCompleted.ShouldBeFalse();

        gate.Open();

        using var response = await answer;
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Delays_go_by_the_clock_they_are_given()
    {
        var clock = new SkippingClock();
        await using var server = await SimulatorServer.StartAsync(new SimulatorOptions { Clock = clock }, Cancel);
        var account = server.NewAccount(CredentialPrefix.OpenAi);
        account.Enqueue(ScriptedAnswer.Sse(ThreeEvents)
            .DelayBeforeHeaders(TimeSpan.FromHours(1))
            .DelayBeforeFirstEvent(TimeSpan.FromHours(2))
            .DelayBetweenEvents(TimeSpan.FromHours(3)));

        using var response = await server.PostAsync(account, Upstream.Chat, Upstream.HelloStream);

        (await response.TextAsync()).ShouldBe(ThreeEvents);
        clock.Skipped.Select(delay => delay.TotalHours).ShouldBe([1, 2, 3, 3]);
    }

    [Fact]
    public async Task Splitting_writes_changes_no_byte()
    {
        _account.Enqueue(ScriptedAnswer.Sse(ThreeEvents).OneByteAtATime(), ScriptedAnswer.Sse(ThreeEvents).SplitAt(3, 20, 21, 400));

        using var byByte = await StreamAsync();
        using var atOffsets = await StreamAsync();

        (await byByte.TextAsync()).ShouldBe(ThreeEvents);
        (await atOffsets.TextAsync()).ShouldBe(ThreeEvents);
        (await _account.WaitForFinishAsync(1, Cancel)).BytesSent.ShouldBe(Encoding.UTF8.GetByteCount(ThreeEvents));
    }

    [Fact]
    public async Task A_split_answer_can_be_cut_and_stalled_as_well()
    {
        var gate = new Gate();
        _account.Enqueue(ScriptedAnswer.Sse(ThreeEvents).SplitAt(4).HoldAfterEvent(1, gate).CutAfterEvent(2));
        using var response = await StreamAsync();
        await gate.WaitUntilReachedAsync(Cancel);

        gate.Open();

        var received = Encoding.UTF8.GetString(await response.ReadUntilResetAsync());
        received.ShouldBe(ThreeEvents[..ThreeEvents.IndexOf("data: [DONE]", StringComparison.Ordinal)]);
    }

    [Fact]
    public async Task Lines_can_end_in_carriage_return_and_line_feed()
    {
        _account.Enqueue(ScriptedAnswer.Text("Hello").WithCrlf());

        using var response = await StreamAsync();

        var text = await response.TextAsync();
        text.ShouldEndWith("data: [DONE]\r\n\r\n");
        text.Replace("\r\n", "", StringComparison.Ordinal).ShouldNotContain('\n');
    }

    [Fact]
    public async Task A_stream_can_end_in_good_order_without_its_terminal_event()
    {
        _account.Enqueue(ScriptedAnswer.Text("Hello").WithoutTerminalEvent(), ScriptedAnswer.Sse(ThreeEvents).EndAfterEvent(1));

        using var noDone = await StreamAsync();
        using var early = await StreamAsync();

        (await noDone.TextAsync()).ShouldNotContain("[DONE]");
        (await early.TextAsync()).ShouldBe("data: {\"a\":1}\n\n");
    }

    [Fact]
    public async Task An_endless_line_ends_in_a_cut()
    {
        _account.Enqueue(ScriptedAnswer.EndlessLine(atMostBytes: 300_000));

        using var response = await StreamAsync();

        var received = await response.ReadUntilResetAsync();
        received.Length.ShouldBeInRange(1, 300_000);
        received.ShouldNotContain((byte)'\n');
    }

    [Fact]
    public async Task A_huge_body_is_one_document_of_known_length()
    {
        _account.Enqueue(ScriptedAnswer.HugeBody(300_000));

        using var response = await simulator.Server.PostAsync(_account, Upstream.Chat, Upstream.Hello);

        var text = await response.TextAsync();
        response.Content.Headers.ContentLength.ShouldBe(text.Length);
        System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("filler").GetString()!.Length.ShouldBe(300_000);
    }

    [Fact]
    public async Task A_page_can_take_the_place_of_an_answer()
    {
        _account.Enqueue(ScriptedAnswer.Html(), ScriptedAnswer.Html(502));

        using var underSuccess = await StreamAsync();
        using var underError = await StreamAsync();

        underSuccess.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        (await underSuccess.TextAsync()).ShouldStartWith("<html>");
        underError.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
    }

    [Fact]
    public async Task Headers_can_be_added_replaced_and_taken_away()
    {
        _account.Enqueue(ScriptedAnswer.Text("Hello")
            .WithHeader("X-Request-Id", "mine").WithoutHeader("set-cookie").WithHeader("x-odd", "1"));

        using var response = await StreamAsync();

        response.Headers.GetValues("x-request-id").ShouldBe(["mine"]);
        response.Headers.Contains("set-cookie").ShouldBeFalse();
        response.Headers.GetValues("x-odd").ShouldBe(["1"]);
    }

    private Task<HttpResponseMessage> StreamAsync() => simulator.Server.PostAsync(_account, Upstream.Chat, Upstream.HelloStream);

    /// <summary>Every delay is over at once, and noted.</summary>
    private sealed class SkippingClock : TimeProvider
    {
        public ConcurrentQueue<TimeSpan> Skipped { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Skipped.Enqueue(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
