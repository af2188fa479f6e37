using Gateway.Proxy.Formats;

namespace Gateway.Tests.Proxy.Bugs;

/// <summary>What other products got wrong in counting. The numbers are those of their list.</summary>
public sealed class UsageBugTests
{
    [Fact]
    public void Bug_30_usage_that_comes_late_is_read_and_both_sides_of_it_are_sent()
    {
        var claude = Sse.Named(
        [
            """{"type":"message_start","message":{"id":"m"}}""",
            .. Sse.Block(0, """{"type":"text","text":""}""", """{"type":"text_delta","text":"Hi"}"""),
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":11,"cache_read_input_tokens":4,"output_tokens":5}}""",
            """{"type":"message_stop"}""",
        ]);
        var chat = Sse.Data(
            Sse.Chunk("""{"content":"Hi"}"""),
            Sse.Chunk("{}", "stop"),
            """{"id":"c","choices":[],"usage":{"prompt_tokens":15,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4}}}""",
            "[DONE]");

        Sse.To(WireFormat.OpenAiChat, WireFormat.Claude, claude)[^1].GetProperty("usage").GetProperty("prompt_tokens").GetInt32().ShouldBe(15);
        var usage = Sse.To(WireFormat.Claude, WireFormat.OpenAiChat, chat)[^2].GetProperty("usage");
        usage.GetProperty("input_tokens").GetInt32().ShouldBe(11);
        usage.GetProperty("cache_read_input_tokens").GetInt32().ShouldBe(4);
        usage.GetProperty("output_tokens").GetInt32().ShouldBe(5);
    }

    [Fact]
    public void Bug_34_later_usage_without_its_details_counts_nothing_twice()
    {
        var sse = Sse.Data(
            """{"id":"c","choices":[{"index":0,"delta":{"content":"Hi"}}],"usage":{"prompt_tokens":15,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":4}}}""",
            """{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":15,"completion_tokens":5}}""",
            "[DONE]");

        var usage = Sse.To(WireFormat.Claude, WireFormat.OpenAiChat, sse)[^2].GetProperty("usage");

        usage.GetProperty("input_tokens").GetInt32().ShouldBe(11);
        usage.GetProperty("cache_read_input_tokens").GetInt32().ShouldBe(4);
    }

    [Fact]
    public void Bug_32_thoughts_are_part_of_what_the_model_wrote()
    {
        var sse = Sse.Data("""
            {"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"Hi"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":30,"candidatesTokenCount":5,"thoughtsTokenCount":7,"totalTokenCount":42}}
            """.Trim());

        var usage = Sse.To(WireFormat.OpenAiChat, WireFormat.Gemini, sse)[^1].GetProperty("usage");

        usage.GetProperty("completion_tokens").GetInt32().ShouldBe(12);
        usage.GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt32().ShouldBe(7);
        usage.GetProperty("total_tokens").GetInt32().ShouldBe(42);
    }
}
