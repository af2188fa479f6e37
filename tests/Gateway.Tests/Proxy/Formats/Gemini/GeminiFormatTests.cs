using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.Gemini;
using Gateway.Proxy.Neutral;

namespace Gateway.Tests.Proxy.Formats.Gemini;

public sealed class GeminiFormatTests
{
    [Fact]
    public void The_reader_finds_usage_output_and_the_end()
    {
        var reader = new GeminiReader();

        Read(reader, """{"candidates":[{"content":{"parts":[{"text":"\u4e2d"},{"functionCall":{"name":"f","args":{"a":1}}}]}}],"usageMetadata":{"promptTokenCount":9,"cachedContentTokenCount":4}}""")
            .ShouldBe(EventVerdict.ForwardContent);
        reader.IsComplete.ShouldBeFalse();
        Read(reader, """{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":9,"cachedContentTokenCount":4,"candidatesTokenCount":2,"thoughtsTokenCount":3}}""");

        reader.IsComplete.ShouldBeTrue();
        reader.OutputBytes.ShouldBe(3 + 7);
        reader.Usage.ShouldBe(new TokenUsage { InputTokens = 5, CacheReadTokens = 4, OutputTokens = 5, ReasoningTokens = 3 });
    }

    [Fact]
    public void The_reader_takes_an_array_of_chunks()
    {
        var reader = new GeminiReader();

        reader.ReadBody("""[{"candidates":[{"content":{"parts":[{"text":"a"}]}}]},{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2}}]"""u8);

        reader.IsComplete.ShouldBeTrue();
        reader.Usage.OutputTokens.ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}""")]
    [InlineData("""[{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}]""")]
    public void An_error_inside_a_stream_is_a_failure(string data)
    {
        var reader = new GeminiReader();

        Read(reader, data).ShouldBe(EventVerdict.Failed);

        reader.Failure.ShouldBe(new Failure(FailureKind.Overloaded, "m"));
    }

    [Fact]
    public void Errors_name_the_field_or_the_time()
    {
        Error(Failure.Invalid("contents", "Bad.")).GetRawText().ShouldBe(
            """{"error":{"code":400,"message":"Bad.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"contents","description":"Bad."}]}]}}""");
        Error(new Failure(FailureKind.RateLimit, "Slow.", RetryAfter: TimeSpan.FromSeconds(1.5))).GetRawText().ShouldBe(
            """{"error":{"code":429,"message":"Slow.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.5s"}]}}""");
        Error(new Failure(FailureKind.AuthAccount, "Ours.")).GetRawText().ShouldBe("""{"error":{"code":503,"message":"Ours.","status":"UNAVAILABLE"}}""");
    }

    private static EventVerdict Read(AnswerReader reader, string data) => reader.ReadEvent(default, Encoding.UTF8.GetBytes(data));

    private static JsonElement Error(Failure failure)
    {
        var output = new ArrayBufferWriter<byte>();
        new GeminiFormat().WriteError(output, failure, "id");
        return JsonElement.Parse(output.WrittenSpan);
    }
}
