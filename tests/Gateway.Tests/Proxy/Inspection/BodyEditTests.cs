using System.Text;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.OpenAiChat;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Tests.Proxy.Inspection;

public sealed class BodyEditTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"model":"a","messages":[{"role":"user","content":"x"}]}""", """{"model":"a","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData(
        """{ "temperature":1.00, "model" : "a" ,"messages":[{"role":"user","content":"\u00e9 é"}], "x":1e5}""",
        """{ "temperature":1.00, "model" : "a" ,"messages":[{"role":"user","content":"\u00e9 é"}], "x":1e5}""")]
    public async Task A_request_that_needs_no_edit_goes_out_byte_for_byte(string body, string expected) =>
        (await SendAsync(body, "a")).ShouldBe(expected);

    [Fact]
    public async Task Only_the_model_changes_when_it_is_mapped() =>
        (await SendAsync("""{"x":1.50,"model":"a","messages":[{"role":"user","content":"model"}]}""", "b\"é"))
        .ShouldBe("""{"x":1.50,"model":"b\"é","messages":[{"role":"user","content":"model"}]}""");

    [Theory]
    [InlineData(
        """{"stream":true,"model":"a","messages":[{"role":"user","content":"x"}]}""",
        """{"stream_options":{"include_usage":true},"stream":true,"model":"a","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData(
        """{"stream":true,"stream_options":null,"model":"a","messages":[{"role":"user","content":"x"}]}""",
        """{"stream":true,"stream_options":{"include_usage":true},"model":"a","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData(
        """{"stream":true,"stream_options":{ },"model":"a","messages":[{"role":"user","content":"x"}]}""",
        """{"stream":true,"stream_options":{"include_usage":true},"model":"a","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData(
        """{"stream":true,"stream_options":{"include_obfuscation":false},"model":"a","messages":[{"role":"user","content":"x"}]}""",
        """{"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false},"model":"a","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData(
        """{"stream":true,"stream_options":{"include_usage": false},"model":"a","messages":[{"role":"user","content":"x"}]}""",
        """{"stream":true,"stream_options":{"include_usage": true},"model":"a","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData(
        """{"stream":true,"stream_options":{"include_usage":true},"model":"a","messages":[{"role":"user","content":"x"}]}""",
        """{"stream":true,"stream_options":{"include_usage":true},"model":"a","messages":[{"role":"user","content":"x"}]}""")]
    public async Task A_stream_always_asks_for_its_usage(string body, string expected) => (await SendAsync(body, "a")).ShouldBe(expected);

    [Theory]
    [InlineData("gpt-5-mini", """{"model":"gpt-5-mini","max_tokens":5,"messages":[{"role":"user","content":"x"}]}""", """{"model":"gpt-5-mini","max_completion_tokens":5,"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("gpt-4o", """{"model":"gpt-4o","max_tokens":5,"messages":[{"role":"user","content":"x"}]}""", """{"model":"gpt-4o","max_tokens":5,"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("gpt-5-mini", """{"max_tokens":5,"model":"gpt-5-mini","max_completion_tokens":6,"messages":[{"role":"user","content":"x"}]}""", """{"max_tokens":5,"model":"gpt-5-mini","max_completion_tokens":6,"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("gpt-5-mini", """{"max_completion_tokens":6,"model":"gpt-5-mini","max_tokens":5,"messages":[{"role":"user","content":"x"}]}""", """{"max_completion_tokens":6,"model":"gpt-5-mini","max_tokens":5,"messages":[{"role":"user","content":"x"}]}""")]
    public async Task A_model_that_reasons_gets_the_limit_by_its_newer_name(string model, string body, string expected) => (await SendAsync(body, model)).ShouldBe(expected);

    private static async Task<string> SendAsync(string body, string upstreamModel)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var format = new OpenAiChatFormat();
        RequestInspector.Inspect(bytes, format.Shape(Operation.Generate), out var request).ShouldBeNull();
        var edits = new List<BodyEdit>();
        format.CollectEdits(request, upstreamModel, new CapabilityTable().Of(upstreamModel), edits);
        edits.Sort((one, other) => one.Range.Start.CompareTo(other.Range.Start));
        using var content = new EditedBodyContent(new PooledBody(bytes, bytes.Length), edits);
        var sent = await content.ReadAsStringAsync(Cancel);
        content.Headers.ContentLength.ShouldBe(Encoding.UTF8.GetByteCount(sent));
        return sent;
    }
}
