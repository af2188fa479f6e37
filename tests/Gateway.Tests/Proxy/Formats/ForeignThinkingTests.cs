using System.Text;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.Claude;
using Gateway.Proxy.Formats.Gemini;
using Gateway.Proxy.Formats.OpenAiChat;
using Gateway.Proxy.Formats.OpenAiResponses;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Tests.Proxy.Formats;

/// <summary>A conversation that other platforms answered before goes on to the client's own: their reasoning stays behind, and every other byte is as it was.</summary>
public sealed class ForeignThinkingTests
{
    // base64 of gw1.claude.any.c2ln~YQ
    private const string InBase64 = "Z3cxLmNsYXVkZS5hbnkuYzJsbn5ZUQ==";

    [Theory]
    [InlineData(
        """{ "messages":[{"role":"user","content":"gw1. is no tag here"},{"role":"assistant","content":[ {"type":"thinking","thinking":"hm","signature":"gw1.openai.any.YQ"} , {"type":"text","text":"a"},{"type":"redacted_thinking","data":"gw1.none"}]}]}""",
        """{ "messages":[{"role":"user","content":"gw1. is no tag here"},{"role":"assistant","content":[ {"type":"text","text":"a"}]}]}""")]
    [InlineData(
        """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"gw1.gemini.any.YQ"}]},{"role":"user","content":"b"}]}""",
        """{"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}""")]
    [InlineData(
        """{"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"own","signature":"EqQB"},{"type":"text","text":"\"gw1.x"}]}]}""",
        """{"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"own","signature":"EqQB"},{"type":"text","text":"\"gw1.x"}]}]}""")]
    public void Claude_gets_its_own_thinking_only(string body, string expected) => Edited(new ClaudeFormat(), body).ShouldBe(expected);

    [Theory]
    [InlineData(false, """{"functionCall":{"name":"f"}}""")]
    [InlineData(true, """{"functionCall":{"name":"f"},"thoughtSignature":"skip_thought_signature_validator"}""")]
    public void Gemini_gets_its_own_signatures_only(bool needsSignatures, string call)
    {
        const string Body = """{"contents":[{"role":"model","parts":[{"text":"t","thought":true},{"text":"","thoughtSignature":"TAG"},{"functionCall":{"name":"f"},"thoughtSignature":"TAG"},{"thought_signature":"TAG","text":"a"},{"text":"b","thoughtSignature":"c2ln"}]}]}""";

        Edited(new GeminiFormat(), Body.Replace("TAG", InBase64, StringComparison.Ordinal), new ModelCapabilities { NeedsSignatures = needsSignatures })
            .ShouldBe($$"""{"contents":[{"role":"model","parts":[{"text":"t","thought":true},{{call}},{"text":"a"},{"text":"b","thoughtSignature":"c2ln"}]}]}""");
    }

    [Fact]
    public void A_compatible_chat_server_gets_none() => Edited(
        new OpenAiChatFormat(),
        """{"messages":[{"role":"assistant","reasoning_content":"hm","content":"a","thinking_blocks":[{"type":"thinking","signature":"gw1.claude.any.YQ"}],"tool_calls":[{"id":"1","extra_content":{"google":{"thought_signature":"gw1.gemini.any.YQ"}},"type":"function"}]},{"role":"assistant","reasoning_content":"its own","content":"b"}]}""")
        .ShouldBe("""{"messages":[{"role":"assistant","content":"a","tool_calls":[{"id":"1","type":"function"}]},{"role":"assistant","reasoning_content":"its own","content":"b"}]}""");

    [Fact]
    public void OpenAI_gets_its_own_reasoning_items_only() => Edited(
        new ResponsesFormat(),
        """{"input":[{"type":"reasoning","encrypted_content":"gw1.claude.any.YQ~eA","summary":[]},{"role":"user","content":"a"},{"type":"reasoning","encrypted_content":"gAAAA","summary":[]}]}""")
        .ShouldBe("""{"input":[{"role":"user","content":"a"},{"type":"reasoning","encrypted_content":"gAAAA","summary":[]}]}""");

    private static string Edited(ClientFormat format, string body, ModelCapabilities? model = null)
    {
        var edits = new List<BodyEdit>();
        format.CollectForeignThinking(Encoding.UTF8.GetBytes(body), model ?? new ModelCapabilities(), default, edits);
        return Encoding.UTF8.GetString(JsonMembers.Apply(Encoding.UTF8.GetBytes(body), edits));
    }
}
