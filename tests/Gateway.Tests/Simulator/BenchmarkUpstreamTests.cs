using System.Text.Json;
using Simulator;

namespace Gateway.Tests.Simulator;

public sealed class BenchmarkUpstreamTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sk-sim-benchmark", Upstream.Chat, Upstream.Hello, Upstream.HelloStream, "[DONE]")]
    [InlineData("sk-ant-sim-benchmark", Upstream.Messages, Upstream.ClaudeHello, Upstream.ClaudeHelloStream, "message_stop")]
    public async Task A_benchmark_credential_gets_ready_made_answers_and_is_not_recorded(
        string credential, string path, string hello, string helloStream, string terminal)
    {
        var options = new SimulatorOptions { Benchmark = new BenchmarkOptions { Chunks = 7, ChunkDelayMs = 1 } };
        await using var server = await SimulatorServer.StartAsync(options, Cancel);
        var account = server.Account(credential);

        using var whole = await server.PostAsync(account, path, hello);
        using var streamed = await server.PostAsync(account, path, helloStream);
        using var unread = await server.PostAsync(account, path, "{}");

        var document = await whole.TextAsync();
        document.Length.ShouldBeInRange(700, 1300);
        JsonElement.Parse(document).GetProperty("usage").ValueKind.ShouldBe(JsonValueKind.Object);
        var stream = await streamed.TextAsync();
        stream.Split(" benchmark").Length.ShouldBe(8);
        stream.ShouldContain(terminal);
        (await unread.TextAsync()).ShouldBe(document);
        account.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_wish_for_a_stream_is_found_in_a_body_of_many_reads()
    {
        await using var server = await SimulatorServer.StartAsync(cancellationToken: Cancel);
        var front = Upstream.HelloStream.Replace("Hello there", new string('x', 3_000_000), StringComparison.Ordinal);
        var back = $$"""{"padding":"{{new string('x', 3_000_000)}}","stream": true}""";

        using var atFront = await server.PostAsync(server.Account("sk-sim-benchmark"), Upstream.Chat, front);
        using var atBack = await server.PostAsync(server.Account("sk-sim-benchmark"), Upstream.Chat, back);

        atFront.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        atBack.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
    }
}
