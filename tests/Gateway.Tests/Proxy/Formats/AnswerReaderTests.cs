using System.Text;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.Claude;
using Gateway.Proxy.Formats.OpenAiChat;
using Gateway.Proxy.Formats.OpenAiResponses;
using Gateway.Proxy.Neutral;

namespace Gateway.Tests.Proxy.Formats;

public sealed class AnswerReaderTests
{
    [Fact]
    public void Bug_28_29_Claude_usage_is_cumulative_and_a_later_zero_takes_nothing_back()
    {
        var reader = new ClaudeReader();

        Read(reader, """{"type":"message_start","message":{"usage":{"input_tokens":10,"cache_read_input_tokens":90,"cache_creation_input_tokens":7,"cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":4},"output_tokens":1,"service_tier":"priority"}}}""")
            .ShouldBe(EventVerdict.ForwardContent);
        Read(reader, """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hello"}}""").ShouldBe(EventVerdict.ForwardContent);
        Read(reader, """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":0,"cache_creation_input_tokens":7,"cache_read_input_tokens":0,"output_tokens":20}}""");
        Read(reader, """{"type":"message_stop"}""");

        reader.Usage.ShouldBe(new TokenUsage
        {
            InputTokens = 10,
            CacheReadTokens = 90,
            CacheWrite5mTokens = 3,
            CacheWrite1hTokens = 4,
            OutputTokens = 20,
            ServiceTier = "priority",
        });
        reader.OutputBytes.ShouldBe(5);
        reader.IsComplete.ShouldBeTrue();
    }

    [Fact]
    public void Claude_without_message_stop_is_not_complete()
    {
        var reader = new ClaudeReader();
        Read(reader, """{"type":"message_start","message":{"usage":{"input_tokens":1,"output_tokens":1}}}""");

        reader.IsComplete.ShouldBeFalse();
    }

    [Fact]
    public void Claude_error_event_is_a_failure_with_its_kind()
    {
        var reader = new ClaudeReader();

        Read(reader, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""").ShouldBe(EventVerdict.Failed);

        reader.Failure.ShouldBe(new Failure(FailureKind.Overloaded, "Overloaded"));
    }

    [Fact]
    public void Bug_34_OpenAI_prompt_tokens_include_cached_ones_and_are_made_disjoint()
    {
        var reader = new OpenAiChatReader(keepUsageChunk: true);

        Read(reader, """{"choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":400,"cache_write_tokens":100},"completion_tokens_details":{"reasoning_tokens":20}},"service_tier":"flex"}""");

        reader.Usage.ShouldBe(new TokenUsage
        {
            InputTokens = 500,
            CacheReadTokens = 400,
            CacheWriteOtherTokens = 100,
            OutputTokens = 50,
            ReasoningTokens = 20,
            ServiceTier = "flex",
        });
    }

    [Theory]
    [InlineData(true, EventVerdict.Forward)]
    [InlineData(false, EventVerdict.Drop)]
    public void OpenAI_usage_chunk_reaches_only_clients_that_asked(bool asked, int verdict) =>
        Read(new OpenAiChatReader(asked), """{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}""").ShouldBe((EventVerdict)verdict);

    [Fact]
    public void Bug_25_Azures_first_chunk_without_choices_is_no_usage_chunk() => // AC-29
        Read(new OpenAiChatReader(keepUsageChunk: false), """{"choices":[],"prompt_filter_results":[{}]}""").ShouldBe(EventVerdict.Forward);

    [Theory]
    [InlineData("""{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""", true)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":null}]}""", false)]
    [InlineData("[DONE]", true)]
    public void OpenAI_stream_is_complete_at_its_finish_reason(string data, bool complete)
    {
        var reader = new OpenAiChatReader(keepUsageChunk: false);
        Read(reader, data);

        reader.IsComplete.ShouldBe(complete);
    }

    [Theory]
    [InlineData("""{"error":{"message":"m","type":"server_error","code":null}}""")]
    [InlineData("""{"error":{"message":"m","type":"server_error","code":500}}""")]
    [InlineData("""{"error":"m"}""")]
    public void OpenAI_error_inside_a_stream_is_a_failure(string data)
    {
        var reader = new OpenAiChatReader(keepUsageChunk: false);

        Read(reader, data).ShouldBe(EventVerdict.Failed);

        reader.Failure.ShouldBe(new Failure(FailureKind.Server, "m"));
    }

    [Theory] // B52-B56
    [InlineData("""{"usage":{"prompt_tokens":-5,"completion_tokens":-1}}""", 0, 0)]
    [InlineData("""{"usage":{"prompt_tokens":"many","completion_tokens":null}}""", null, null)]
    [InlineData("""{"usage":{"prompt_tokens":10,"prompt_tokens_details":{"cached_tokens":50},"completion_tokens":1}}""", 0, 1)]
    [InlineData("""{"usage":{"prompt_tokens":10.0,"completion_tokens":-1e30}}""", 10, 0)]
    public void B52_Bug_36_usage_that_makes_no_sense_never_becomes_negative(string data, int? input, int? output)
    {
        var reader = new OpenAiChatReader(keepUsageChunk: true);
        Read(reader, data);

        reader.Usage.InputTokens.ShouldBe(input);
        reader.Usage.OutputTokens.ShouldBe(output);
    }

    [Theory]
    [InlineData("9000000000000000000")]
    [InlineData("99999999999999999999")]
    [InlineData("1000000000001")]
    [InlineData("1e30")]
    public void B52_a_count_beyond_belief_stops_at_a_trillion(string count)
    {
        var openAi = new OpenAiChatReader(keepUsageChunk: true);
        var claude = new ClaudeReader();

        Read(openAi, $$$"""{"usage":{"prompt_tokens":{{{count}}},"completion_tokens":1}}""");
        Read(claude, $$$$"""{"type":"message_start","message":{"usage":{"input_tokens":{{{{count}}}},"output_tokens":1}}}""");

        openAi.Usage.InputTokens.ShouldBe(1_000_000_000_000);
        claude.Usage.InputTokens.ShouldBe(1_000_000_000_000);
    }

    [Fact]
    public void Output_counts_in_the_bytes_of_its_text_however_it_is_escaped()
    {
        var openAi = new OpenAiChatReader(keepUsageChunk: true);
        var claude = new ClaudeReader();

        Read(openAi, """{"choices":[{"index":0,"delta":{"content":"\u4e2d\n\ud83d\ude00é"}}]}""");
        Read(claude, """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\u4e2d\n\ud83d\ude00é"}}""");

        var expected = Encoding.UTF8.GetByteCount("中\n😀é");
        openAi.OutputBytes.ShouldBe(expected);
        claude.OutputBytes.ShouldBe(expected);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("<html>")]
    [InlineData("[]")]
    public void An_event_that_is_not_a_JSON_object_is_a_failure(string data)
    {
        Read(new OpenAiChatReader(false), data).ShouldBe(EventVerdict.Unreadable);
        Read(new ClaudeReader(), data).ShouldBe(EventVerdict.Unreadable);
    }

    [Theory]
    [InlineData("""{"type":"response.created","sequence_number":0,"response":{"id":"r","error":null,"usage":null}}""", EventVerdict.Forward)]
    [InlineData("""{"type":"response.in_progress","sequence_number":1,"response":{"id":"r"}}""", EventVerdict.Forward)]
    [InlineData("""{"type":"keepalive","sequence_number":2}""", EventVerdict.Forward)]
    [InlineData("""{"type":"response.output_item.added","output_index":0,"item":{"type":"future"}}""", EventVerdict.ForwardContent)]
    [InlineData("""{"type":"response.failed","response":{"error":{"code":"server_error","message":"m"}}}""", EventVerdict.Failed)]
    [InlineData("""{"type":"error","code":"server_error","message":"m"}""", EventVerdict.Unreadable)]
    public void Only_an_output_item_shows_that_a_response_has_begun(string data, int verdict) =>
        Read(new ResponsesReader(), data).ShouldBe((EventVerdict)verdict);

    [Theory]
    [InlineData("response.completed", true)]
    [InlineData("response.incomplete", true)]
    [InlineData("response.failed", false)]
    public void Bug_31_usage_comes_with_every_end_of_a_response(string type, bool complete)
    {
        var reader = new ResponsesReader();
        Read(reader, """{"type":"response.output_text.delta","delta":"h\u00e9"}""");

        Read(reader, $$$$"""{"response":{"service_tier":"flex","usage":{"input_tokens":1000,"output_tokens":50,"input_tokens_details":{"cached_tokens":400,"cache_write_tokens":100},"output_tokens_details":{"reasoning_tokens":20}}},"type":"{{{{type}}}}"}""");

        reader.Usage.ShouldBe(new TokenUsage
        {
            InputTokens = 500,
            CacheReadTokens = 400,
            CacheWriteOtherTokens = 100,
            OutputTokens = 50,
            ReasoningTokens = 20,
            ServiceTier = "flex",
        });
        reader.IsComplete.ShouldBe(complete);
        reader.OutputBytes.ShouldBe(3);
    }

    [Theory]
    [InlineData("rate_limit_exceeded", FailureKind.RateLimit)]
    [InlineData("insufficient_quota", FailureKind.QuotaAccount)]
    [InlineData("context_length_exceeded", FailureKind.ContextLength)]
    [InlineData("invalid_prompt", FailureKind.InvalidRequest)]
    [InlineData("invalid_image_url", FailureKind.InvalidRequest)]
    [InlineData("server_error", FailureKind.Server)]
    public void A_failed_response_says_whose_fault_it_is(string code, int kind)
    {
        var reader = new ResponsesReader();

        Read(reader, $$$$"""{"type":"response.failed","response":{"error":{"code":"{{{{code}}}}","message":"m"}}}""");

        reader.Failure.ShouldBe(new Failure((FailureKind)kind, "m"));
    }

    private static EventVerdict Read(AnswerReader reader, string data) => reader.ReadEvent(default, Encoding.UTF8.GetBytes(data));
}
