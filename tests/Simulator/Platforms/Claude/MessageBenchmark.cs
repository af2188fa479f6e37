using Simulator.Http;

namespace Simulator.Platforms.Claude;

/// <summary>The ready-made answers for <c>sk-ant-sim-benchmark</c>.</summary>
internal static class MessageBenchmark
{
    private const string Credential = "sk-ant-sim-benchmark";

    public static BenchmarkAnswer Create(BenchmarkOptions options)
    {
        var exchange = BenchmarkExchange.Create("/v1/messages", Credential);
        var wire = new ClaudeWire(exchange);
        var model = ClaudeModel.All[1];
        var stream = new MessageReply(exchange, model, BenchmarkExchange.Stream(options), 1);
        return new BenchmarkAnswer(
            "x-api-key",
            Credential,
            wire.Body(new MessageReply(exchange, model, BenchmarkExchange.Whole, 1).Whole()),
            [.. stream.Events().Select(e => e.ToBytes(crlf: false))]);
    }
}
