using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Errors;
using Gateway.Proxy.Platforms;

namespace Gateway.Tests.Proxy.Platforms;

public sealed class CredentialReaderTests
{
    [Theory]
    [InlineData("claude", """{"api_key":"sk-ant-0123456789abcdef"}""", "api_key", "sk-…cdef")]
    [InlineData("claude_ccr", """{"access_token":"at-1","refresh_token":"rt-0123456789-0123456789","expires_at":"2026-11-23T08:00:00Z"}""", "oauth", "rt-…6789")]
    [InlineData("openai", """{"api_key":"sk-12345678","organization":"org-1","project":null}""", "api_key", "…78")]
    [InlineData("azure", """{"api_key":"short","api_version":"2024-10-21"}""", "api_key", "…")]
    [InlineData("azure", """{"tenant_id":"contoso.onmicrosoft.com","client_id":"11111111-2222-3333-4444-555555555555","client_secret":"s"}""", "entra_id", "111…5555")]
    [InlineData("gemini", """{"api_key":"AIzaSy0123456789abcdefgh"}""", "api_key", "AIz…efgh")]
    [InlineData("bedrock", """{"region":"us-east-1","access_key_id":"AKIAIOSFODNN7EXAMPLE","secret_access_key":"s"}""", "access_key", "AKI…MPLE, us-east-1")]
    [InlineData("bedrock", """{"region":"us-gov-west-1","access_key_id":"ASIAIOSFODNN7EXAMPLE","secret_access_key":"s","session_token":"t"}""", "access_key", "ASI…MPLE, us-gov-west-1")]
    [InlineData("bedrock", """{"region":"ap-northeast-1","api_key":"ABSK0123456789abcdefgh"}""", "api_key", "ABS…efgh, ap-northeast-1")]
    [InlineData("bedrock", """{"region":"eu-central-2"}""", "ambient", "eu-central-2")]
    public void The_kind_follows_from_the_fields(string platform, string json, string kind, string hint)
    {
        var result = Read(platform, json, ambient: true);

        result.Error.ShouldBeNull();
        result.Value.Kind.ShouldBe(kind);
        new PlatformCatalogue(true)[PlatformNames.Parse(platform)].KindOf(result.Value).HintOf(result.Value).ShouldBe(hint);
        result.Value.ToString().ShouldBe($"{kind} credentials");
    }

    [Theory]
    [InlineData("claude", "{}", "credentials.api_key")]
    [InlineData("claude", """{"api_key":null}""", "credentials.api_key")]
    [InlineData("claude", """{"api_key":""}""", "credentials.api_key")]
    [InlineData("claude", """{"api_key":17}""", "credentials.api_key")]
    [InlineData("claude", """{"api_key":["x"]}""", "credentials.api_key")]
    [InlineData("claude", """{"api_key":"sk-1\r\nx-evil: 1"}""", "credentials.api_key")]
    [InlineData("claude", """{"api_key":"sk-1 "}""", "credentials.api_key")]
    [InlineData("claude", """{"api_key":"sk-ключ"}""", "credentials.api_key")]
    [InlineData("claude", """{"api_key":"\ud800"}""", "credentials.api_key")]
    [InlineData("claude", """{"api_key":"k","apiKey":"k"}""", "credentials.apiKey")]
    [InlineData("claude", """{"api_key":"k","x-custom-host":"evil.example"}""", "credentials.x-custom-host")]
    [InlineData("openai", """{"api_key":"k","base_url":"https://evil.example"}""", "credentials.base_url")]
    [InlineData("claude_ccr", """{"access_token":"a","expires_at":"2026-11-23T08:00:00Z"}""", "credentials.refresh_token")]
    [InlineData("claude_ccr", """{"access_token":"a","refresh_token":"r"}""", "credentials.expires_at")]
    [InlineData("claude_ccr", """{"access_token":"a","refresh_token":"r","expires_at":"tomorrow"}""", "credentials.expires_at")]
    [InlineData("claude_ccr", """{"access_token":"a","refresh_token":"r","expires_at":"2026-11-23T08:00:00"}""", "credentials.expires_at")]
    [InlineData("claude_ccr", """{"access_token":"a","refresh_token":"r","expires_at":1790000000}""", "credentials.expires_at")]
    [InlineData("azure", """{"tenant_id":"t","client_id":"c"}""", "credentials.client_secret")]
    [InlineData("azure", """{"tenant_id":"t","client_id":"c","client_secret":"s","api_key":"k"}""", "credentials.api_key")]
    [InlineData("azure", """{"tenant_id":"../x","client_id":"c","client_secret":"s"}""", "credentials.tenant_id")]
    [InlineData("azure", """{"api_key":"k","api_version":"1&x=2"}""", "credentials.api_version")]
    [InlineData("bedrock", """{"api_key":"k"}""", "credentials.region")]
    [InlineData("bedrock", """{"region":"us-east-1","access_key_id":"k"}""", "credentials.secret_access_key")]
    [InlineData("bedrock", """{"region":"evil.example/#","api_key":"k"}""", "credentials.region")]
    [InlineData("bedrock", """{"region":"us-east-1.evil.example","api_key":"k"}""", "credentials.region")]
    public void A_field_that_does_not_fit_is_named(string platform, string json, string field)
    {
        var error = Read(platform, json, ambient: false).Error.ShouldNotBeNull();

        error.Status.ShouldBe(400);
        error.Fields.ShouldNotBeNull().Keys.ShouldBe([field]);
    }

    [Fact]
    public void A_secret_is_not_repeated_in_the_message()
    {
        var error = Read("claude", """{"api_key":"canary secret"}""", ambient: false).Error.ShouldNotBeNull();

        error.Fields!.Values.SelectMany(messages => messages).ShouldAllBe(message => !message.Contains("canary"));
    }

    [Fact]
    public void The_credentials_of_the_machine_are_refused_by_the_setting_that_would_allow_them()
    {
        var error = Read("bedrock", """{"region":"us-east-1"}""", ambient: false).Error.ShouldNotBeNull();

        error.Status.ShouldBe(400);
        error.Fields!["credentials"].ShouldHaveSingleItem().ShouldContain("Bedrock:AllowAmbientCredentials=true");
    }

    [Fact]
    public void A_time_is_kept_in_utc_to_the_microsecond()
    {
        var result = Read("claude_ccr", """{"access_token":"a","refresh_token":"r","expires_at":"2026-11-23T10:00:00.1234567+02:00"}""", ambient: false);

        result.Value["expires_at"].ShouldBe("2026-11-23T08:00:00.123456Z");
        result.Value.FindTime("expires_at").ShouldBe(new DateTime(2026, 11, 23, 8, 0, 0, DateTimeKind.Utc).AddMicroseconds(123456));
    }

    private static Result<AccountCredentials> Read(string platform, string json, bool ambient) =>
        new CredentialReader(new PlatformCatalogue(ambient)).Read(PlatformNames.Parse(platform), JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!);
}
