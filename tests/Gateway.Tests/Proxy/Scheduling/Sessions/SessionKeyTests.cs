using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.GeminiEmbeddings;
using Gateway.Proxy.Formats.OpenAiEmbeddings;
using Gateway.Proxy.Scheduling.Sessions;
using Microsoft.AspNetCore.Http;
using static Gateway.Tests.Proxy.Scheduling.Sessions.SessionProbe;

namespace Gateway.Tests.Proxy.Scheduling.Sessions;

public sealed class SessionKeyTests
{
    private const string Session = "0b0f7f5e-1c1c-4a52-9f0e-3c7f0f1d2a11";
    private const string Other = "77d2a0c4-53a8-4b1e-8a43-0d9d6b5c9e22";
    private const string Device = "5f1c0a9e7b3d4c2f8e6a1b0c9d8e7f605f1c0a9e7b3d4c2f8e6a1b0c9d8e7f60";
    private const string Short = """ "max_tokens":9,"messages":[{"role":"user","content":"hi"}] """;

    private static readonly string Long = $$""" "max_tokens":9,"messages":[{"role":"user","content":"{{new string('x', 300)}}"}] """;

    private static readonly string Expected = SessionKey.Named(1, Model, Session).Id;

    [Theory]
    [InlineData("x-claude-code-session-id", "claude_code")]
    [InlineData("session-id", "codex")]
    [InlineData("session_id", "codex")]
    [InlineData("Session_Id", "codex")]
    [InlineData("conversation_id", "codex")]
    [InlineData("x-session-id", "session_header")]
    [InlineData("x-opencode-session", "session_header")]
    public void A_session_is_named_by_a_header(string header, string source)
    {
        var key = Find(Claude, $"{{{Short}}}", Headers((header, $" {Session} ")))!.Value;

        key.Id.ShouldBe(Expected);
        key.Id.ShouldMatch("^[0-9a-f]{32}$");
        key.Source.Name().ShouldBe(source);
    }

    [Theory]
    [InlineData("prompt_cache_key", "prompt_cache_key")]
    [InlineData("session_id", "session_field")]
    [InlineData("conversation_id", "session_field")]
    public void A_session_is_named_by_a_member_of_the_body(string member, string source)
    {
        foreach (var body in new[] { $$"""{"{{member}}" : "{{Session}}" ,{{Short}}}""", $$"""{{{Short}},"{{member}}":"{{Session}}"}""", $$"""{{{Short}}, "{{member}}" :"\u0030{{Session[1..]}}" }""" })
        {
            var key = Find(Chat, body)!.Value;

            key.Id.ShouldBe(Expected);
            key.Source.Name().ShouldBe(source);
        }
    }

    [Theory]
    [InlineData("user_" + Device + "_account__session_" + Session)]
    [InlineData("user_" + Device + "_account_c0ffee00-0000-4000-8000-000000000000_session_" + Session)]
    [InlineData("{\"device_id\":\"" + Device + "\",\"account_uuid\":\"\",\"session_id\":\"" + Session + "\"}")]
    [InlineData("{ \"session_id\": \"" + Session + "\", \"device_id\": \"x\" }")]
    public void Claude_Codes_user_id_names_a_session_in_both_of_its_shapes(string userId)
    {
        var key = Find(Claude, Claimed(userId))!.Value;

        key.Id.ShouldBe(Expected);
        key.Source.ShouldBe(SessionSource.ClaudeCode);
        SessionKey.Named(1, Model, userId).Id.ShouldBe(Expected, "an operator may paste the whole of it");
    }

    [Fact]
    public void One_user_of_Claude_Code_has_many_sessions() =>
        Find(Claude, Claimed($"user_{Device}_account__session_{Other}"))!.Value.Id.ShouldNotBe(Expected);

    [Theory]
    [InlineData("app-user-17")]
    [InlineData("user_4_session_1")] // Its 1 is everybody's.
    [InlineData("user_4_account__session_1")]
    [InlineData("user_" + Device + "_account__session_")]
    [InlineData("{\"device_id\":\"x\"}")]
    [InlineData("{\"session_id\":5}")]
    [InlineData("{\"session_id\":\" \"}")]
    [InlineData("{\"session_id\":\"\\ud800\"}")]
    [InlineData("{\"\\ud800aaaaaaaaaaaaaaaa\":1,\"session_id\":\"x\"}")]
    [InlineData("{\"session_id\":\"abc")]
    [InlineData("{")]
    public void A_user_id_of_another_shape_is_a_user_and_the_content_tells_which_conversation(string userId)
    {
        Find(Claude, Claimed(userId)).ShouldBeNull();

        var key = Find(Claude, Claimed(userId, Long))!.Value;

        key.Source.ShouldBe(SessionSource.EndUser);
        key.Source.IsGuess().ShouldBeTrue();
        key.Id.ShouldNotBe(Find(Claude, Claimed("another", Long))!.Value.Id);
        key.Id.ShouldNotBe(Find(Claude, Claimed(userId, Long.Replace("xx", "yy", StringComparison.Ordinal)))!.Value.Id);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("safety_identifier")]
    public void A_user_alone_is_no_conversation(string member)
    {
        Find(Chat, $$"""{"{{member}}":"u-1",{{Short}}}""").ShouldBeNull();

        var key = Find(Chat, $$"""{"{{member}}":"u-1",{{Long}}}""")!.Value;

        key.Source.Name().ShouldBe("end_user");
        key.Id.ShouldNotBe(Find(Chat, $$"""{"{{member}}":"u-2",{{Long}}}""")!.Value.Id);
        key.Id.ShouldNotBe(Find(Chat, $"{{{Long}}}")!.Value.Id);
        Find(Chat, $"{{{Long}}}")!.Value.Source.Name().ShouldBe("content");
    }

    [Fact]
    public void Codex_is_known_by_its_session_and_not_by_its_threads()
    {
        var body = """{"instructions":"You are Codex.","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"go"}]}],"stream":true}""";
        var turn = $$"""{"turn_id":"1","session_id":"{{Session}}","thread_id":"{{Other}}","sandbox":{"mode":"none"} }""";

        Find(Responses, body, Headers(("session-id", Session), ("thread-id", Other), ("x-client-request-id", Other)))!.Value.Id.ShouldBe(Expected);
        Find(Responses, body, Headers(("x-codex-turn-metadata", turn), ("thread_id", Other)))!.Value.ShouldBe(new SessionKey(Expected, SessionSource.Codex));
        Find(Responses, body, Headers(("session-id", Session), ("x-codex-turn-metadata", turn.Replace(Session, Other, StringComparison.Ordinal))))!.Value.Id.ShouldBe(Expected);
        Find(Responses, body, Headers(("thread-id", Other), ("x-client-request-id", Other), ("x-codex-turn-metadata", "{\"session_id\":")))!.Value.Source.ShouldBe(SessionSource.Content);
    }

    [Fact]
    public void The_first_signal_counts_in_the_order_of_how_well_it_names_a_session()
    {
        (string Name, string Value)[] headers =
        [
            ("x-claude-code-session-id", "s1"), ("session-id", "s3"), ("session_id", "s4"), ("conversation_id", "s5"), ("x-codex-turn-metadata", "{\"session_id\":\"s6\"}"),
            ("x-session-id", "s8"), ("x-opencode-session", "s9"),
        ];
        (string Name, string Json)[] members =
        [
            ("metadata", "{\"a\":{\"b\":[1]},\"user_id\":\"{\\\"session_id\\\":\\\"s2\\\"}\"}"), ("prompt_cache_key", "\"s7\""), ("session_id", "\"s10\""), ("conversation_id", "\"s11\""),
            ("safety_identifier", "\"w1\""), ("user", "\"w2\""),
        ];
        string[] order = ["x-claude-code-session-id", "metadata", "session-id", "session_id", "conversation_id", "x-codex-turn-metadata", "prompt_cache_key", "x-session-id", "x-opencode-session"];

        for (var first = 0; first < order.Length; first++)
        {
            var gone = order[..first];
            var left = Headers(headers.Where(header => !gone.Contains(header.Name)));
            Find(Chat, Body(members.Where(member => !gone.Contains(member.Name))), left)!.Value.Id.ShouldBe(SessionKey.Named(1, Model, $"s{first + 1}").Id, order[first]);
        }

        Find(Chat, Body(members[2..]))!.Value.Id.ShouldBe(SessionKey.Named(1, Model, "s10").Id);
        Find(Chat, Body(members[3..]))!.Value.Id.ShouldBe(SessionKey.Named(1, Model, "s11").Id);
        Find(Chat, Body(members[4..]))!.Value.Id.ShouldBe(Find(Chat, Body(members[4..5]))!.Value.Id, "the newer name of the user counts");
        Find(Chat, Body(members[5..]))!.Value.Source.ShouldBe(SessionSource.EndUser);

        static string Body(IEnumerable<(string Name, string Json)> members) => $"{{{string.Concat(members.Select(member => $"\"{member.Name}\":{member.Json},"))}{Long}}}";
    }

    [Fact]
    public void A_user_id_that_names_no_session_leaves_it_to_the_signals_that_do() =>
        Find(Claude, Claimed("app-user-17", Long), Headers(("x-opencode-session", Session)))!.Value.ShouldBe(new SessionKey(Expected, SessionSource.SessionHeader));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    public void Empty_values_are_absent(string value)
    {
        var headers = Headers(("x-claude-code-session-id", value), ("session-id", value), ("x-session-id", value));

        Find(Chat, $$"""{"prompt_cache_key":"{{value}}","session_id":"{{value}}","user":"{{value}}","metadata":{"user_id":"{{value}}"},{{Short}}}""", headers).ShouldBeNull();
        Find(Chat, $$"""{"prompt_cache_key":"{{value}}","conversation_id":"{{Session}}",{{Short}}}""", headers)!.Value.Id.ShouldBe(Expected);
    }

    [Fact]
    public void A_header_with_several_values_is_absent()
    {
        var headers = new HeaderDictionary { ["session-id"] = new[] { Other, Session }, ["x-session-id"] = Session };

        Find(Chat, $"{{{Short}}}", headers)!.Value.ShouldBe(new SessionKey(Expected, SessionSource.SessionHeader));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("[\"a\"]")]
    [InlineData("{\"a\":\"b\"}")]
    public void Values_of_another_type_are_absent_and_no_reason_to_refuse(string json) =>
        Find(Claude, $$"""{"prompt_cache_key":{{json}},"session_id":{{json}},"user":{{json}},"metadata":{"user_id":{{json}}},{{Short}},"conversation_id":{{json}}}""").ShouldBeNull();

    [Fact]
    public void Long_names_are_names()
    {
        var name = new string('s', 300);
        var longer = new string('s', 20_000);

        Find(Chat, $$"""{"prompt_cache_key":"{{name}}",{{Short}}}""")!.Value.Id.ShouldBe(SessionKey.Named(1, Model, name).Id);
        Find(Chat, $"{{{Short}}}", Headers(("x-session-id", longer)))!.Value.Id.ShouldBe(SessionKey.Named(1, Model, longer).Id);
    }

    [Theory]
    [InlineData("{\"user\":\"|\",", "end_user")]
    [InlineData("{\"safety_identifier\":\"|\",", "end_user")]
    [InlineData("{\"metadata\":{\"user_id\":\"|\"},", "end_user")]
    [InlineData("{\"metadata\":{\"user_id\":\"\\u007b|\"},", "end_user")]
    [InlineData("{\"metadata\":{\"|\":\"x\",\"user_id\":\"y\"},", "content")] // The user stands behind what is read of it.
    [InlineData("{\"metadata\":{\"x\":\"|\",\"user_id\":\"y\"},", "content")]
    [InlineData("{\"prompt_cache_key\":\"|\",", "prompt_cache_key")]
    [InlineData("{\"session_id\":\"\\u4e2d|\",", "session_field")]
    public void A_name_of_ten_megabytes_does_no_harm(string start, string source)
    {
        foreach (var piece in new[] { "\\n", "中" })
        {
            var name = string.Concat(Enumerable.Repeat(piece, 10_000_000 / (piece.Length + 1)));

            Find(Chat, start.Replace("|", name, StringComparison.Ordinal) + Long + "}").ShouldNotBeNull().Source.Name().ShouldBe(source);
        }
    }

    [Fact]
    public void AC_38_one_name_is_another_session_under_another_API_key_or_another_model()
    {
        var headers = Headers(("x-session-id", Session));

        Find(Chat, $"{{{Short}}}", headers, apiKeyId: 2)!.Value.Id.ShouldNotBe(Expected);
        Find(Chat, $"{{{Short}}}", headers, model: "claude-haiku-4-5")!.Value.Id.ShouldNotBe(Expected);
        Find(Chat, $"{{{Short}}}", headers, model: "us.anthropic.claude-opus-5")!.Value.Id.ShouldBe(Expected, "the model is the same wherever it runs");
        SessionKey.Named(2, Model, Session).Id.ShouldBe(Find(Chat, $"{{{Short}}}", headers, apiKeyId: 2)!.Value.Id);
    }

    [Fact]
    public void AC_37_one_session_is_one_key_in_every_format()
    {
        var headers = Headers(("x-session-id", Session));

        Find(Claude, $"{{{Short}}}", headers)!.Value.Id.ShouldBe(Expected);
        Find(Responses, "{\"input\":\"hi\"}", headers)!.Value.Id.ShouldBe(Expected);
        Find(Gemini, "{\"contents\":[{\"parts\":[{\"text\":\"hi\"}]}]}", headers)!.Value.Id.ShouldBe(Expected);
    }

    [Fact]
    public void Embeddings_are_no_conversation()
    {
        var headers = Headers(("x-session-id", Session), ("session-id", Session));
        var text = new string('x', 300);

        Find(new OpenAiEmbeddingFormat(), $$"""{"input":"{{text}}","user":"u","session_id":"s","prompt_cache_key":"k"}""", headers, operation: Operation.Embed).ShouldBeNull();
        Find(new GeminiEmbeddingFormat(), $$$"""{"content":{"parts":[{"text":"{{{text}}}"}]}}""", headers, operation: Operation.Embed).ShouldBeNull();
        Find(new GeminiEmbeddingBatchFormat(), $$$$"""{"requests":[{"content":{"parts":[{"text":"{{{{text}}}}"}]}}]}""", headers, operation: Operation.Embed).ShouldBeNull();
    }

    [Fact]
    public void Every_source_has_its_own_name() =>
        Enum.GetValues<SessionSource>().Select(source => source.Name()).Distinct().Count().ShouldBe(Enum.GetValues<SessionSource>().Length);

    private static string Claimed(string userId, string rest = Short) => $$"""{"metadata":{"user_id":{{JsonSerializer.Serialize(userId)}}},{{rest}}}""";
}
