using Simulator.Http;

namespace Simulator.Platforms.OpenAi;

/// <summary>The ready-made answers for <c>sk-sim-benchmark</c>: the usage event is always there.</summary>
internal static class ChatBenchmark
{
    private const string Credential = "sk-sim-benchmark";

    public static BenchmarkAnswer Create(BenchmarkOptions options)
    {
        var exchange = BenchmarkExchange.Create("/v1/chat/completions", Credential);
        var wire = new OpenAiWire(exchange);
        var model = OpenAiModel.All[0];
        var stream = new ChatReply(exchange, model, BenchmarkExchange.Stream(options), 1) { IncludesUsage = true };
        return new BenchmarkAnswer(
            "Authorization",
            $"Bearer {Credential}",
            wire.Body(new ChatReply(exchange, model, BenchmarkExchange.Whole, 1).Whole()),
            [.. stream.Events().Select(e => e.ToBytes(crlf: false))]);
    }
}
