using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gateway.Tests.Support;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Tests.Features.Auth;

/// <summary>B13: log-in tokens that an attacker makes, some of them with more knowledge than an attacker can have.</summary>
public sealed class HostileTokenTests(EmbeddedGateway gateway)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task B13_a_token_made_with_the_real_key_and_the_real_claims_is_accepted() =>
        (await StatusAsync(Make())).ShouldBe(200, "otherwise the refusals below would prove nothing");

    [Fact]
    public async Task B13_an_unsigned_token_is_refused()
    {
        var claims = new JsonWebToken(Make()).EncodedPayload;

        (await StatusAsync($"{Encode("""{"alg":"none","typ":"JWT"}""")}.{claims}.")).ShouldBe(401);
        (await StatusAsync($"{Encode($$"""{"alg":"none","kid":"{{KeyId}}"}""")}.{claims}.")).ShouldBe(401);
    }

    [Theory]
    [InlineData("jwt-1")]
    [InlineData("../../../../dev/null")]
    [InlineData("' UNION SELECT 'x")]
    [InlineData("credentials-1")]
    [InlineData(null)]
    public async Task B13_a_token_of_another_key_is_refused_whatever_its_key_id(string? keyId) =>
        (await StatusAsync(Make(key: new byte[32], keyId: keyId))).ShouldBe(401);

    [Fact]
    public async Task B13_a_key_of_another_purpose_signs_nothing() =>
        (await StatusAsync(Make(key: Secret("credentials"), keyId: "credentials-1"))).ShouldBe(401);

    [Fact]
    public async Task B13_another_algorithm_is_refused() => (await StatusAsync(Make(algorithm: SecurityAlgorithms.HmacSha512, key: [.. Secret("jwt"), .. Secret("jwt")]))).ShouldBe(401);

    [Fact]
    public async Task B13_another_issuer_or_audience_is_refused()
    {
        (await StatusAsync(Make(issuer: "somebody-else"))).ShouldBe(401);
        (await StatusAsync(Make(audience: "somebody-else"))).ShouldBe(401);
    }

    [Fact]
    public async Task B13_an_expired_token_is_refused() => (await StatusAsync(Make(expires: DateTime.UtcNow.AddMinutes(-5)))).ShouldBe(401);

    [Theory]
    [InlineData("sv", 0)]
    [InlineData("sv", 999)]
    [InlineData("user_id", 999_999)]
    [InlineData("role", "user")]
    [InlineData("role", "superadmin")]
    public async Task B13_a_token_whose_claims_do_not_fit_its_user_is_refused(string claim, object value) => (await StatusAsync(Make(claim: (claim, value)))).ShouldBe(401);

    private static string KeyId => "jwt-1";

    private string Make(
        byte[]? key = null,
        string? keyId = "jwt-1",
        string algorithm = SecurityAlgorithms.HmacSha256,
        string issuer = "gateway",
        string audience = "gateway-management",
        DateTime? expires = null,
        (string Name, object Value)? claim = null)
    {
        var claims = new Dictionary<string, object>
        {
            ["user_id"] = 1,
            ["username"] = "admin",
            ["role"] = "admin",
            ["sv"] = SecurityVersion(),
            ["jti"] = Guid.NewGuid().ToString("N"),
        };
        if (claim is { } other)
        {
            claims[other.Name] = other.Value;
        }

        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            IssuedAt = DateTime.UtcNow.AddHours(-1),
            Expires = expires ?? DateTime.UtcNow.AddHours(1),
            Claims = claims,
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(key ?? Secret("jwt")) { KeyId = keyId }, algorithm),
        });
    }

    // The administrator's present token tells the version, whatever other tests did to it.
    private object SecurityVersion() =>
        new JsonWebToken(gateway.Admin.DefaultRequestHeaders.Authorization!.Parameter).GetPayloadValue<int>("sv");

    private byte[] Secret(string purpose)
    {
        var ring = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(gateway.Server.DataDirectory, "secrets.json")));
        return ring.EnumerateArray().First(key => key.GetProperty("Purpose").GetString() == purpose).GetProperty("Material").GetBytesFromBase64();
    }

    private async Task<int> StatusAsync(string token)
    {
        using var client = gateway.Server.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await client.GetAsync("/api/auth/me", Cancel);
        return (int)response.StatusCode;
    }

    private static string Encode(string json) => Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(json));
}
