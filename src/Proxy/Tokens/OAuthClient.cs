using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Http;
using Gateway.Proxy.Platforms;

namespace Gateway.Proxy.Tokens;

/// <summary>The calls of a public OAuth client to a token endpoint. It says who it is and imitates no other program. Thread-safe.</summary>
/// <remarks>Source: RFC 6749 (4.1.3, 5.1, 5.2, 6) and RFC 7636 (4.5).</remarks>
internal sealed class OAuthClient(UpstreamAddressPolicy policy, TimeProvider clock)
{
    private const int MostBytes = 1024 * 1024;
    private const int TokenMaxLength = 16_384;
    private const int CodeMaxLength = 64;

    private static readonly SearchValues<char> CodeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz_");

    /// <summary>When an answer does not say how long its token lasts, which RFC 6749 only recommends.</summary>
    private static readonly TimeSpan UnstatedLifetime = TimeSpan.FromHours(1);

    private static readonly TimeSpan MostLifetime = TimeSpan.FromDays(3650);

    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>A new access token for a refresh token.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Task<OAuthAnswer> RefreshAsync(OAuthEndpoint endpoint, string refreshToken, CancellationToken cancellationToken) =>
        AskAsync(endpoint, [new("grant_type", "refresh_token"), new("refresh_token", refreshToken)], cancellationToken);

    /// <summary>The first tokens for the code of a log-in.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Task<OAuthAnswer> ExchangeAsync(OAuthEndpoint endpoint, string code, string codeVerifier, string redirectUri, CancellationToken cancellationToken) =>
        AskAsync(
            endpoint,
            [new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", redirectUri), new("code_verifier", codeVerifier)],
            cancellationToken);

    private async Task<OAuthAnswer> AskAsync(OAuthEndpoint endpoint, List<KeyValuePair<string, string>> fields, CancellationToken cancellationToken)
    {
        // Behind an outbound proxy nobody checks the target at connect: a token never goes there in the clear unless the policy allows the address.
        if (endpoint.Url.Scheme != Uri.UriSchemeHttps && await policy.CheckWhenSavedAsync(endpoint.Url.OriginalString, AddressUse.Endpoint, cancellationToken) is not null)
        {
            return Failed("forbidden_address", OAuthErrorKind.Configuration);
        }

        if (endpoint.ClientId is { } clientId)
        {
            fields.Add(new("client_id", clientId));
        }

        using var limit = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = Request(endpoint, fields);
        var sentAt = clock.UtcNowMicroseconds();
        try
        {
            using var response = await endpoint.Invoker.SendAsync(request, either.Token);
            await response.Content.LoadIntoBufferAsync(MostBytes, either.Token);
            return Read(response, await response.Content.ReadAsByteArrayAsync(either.Token), sentAt);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Failed(exception is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } ? "answer_too_long" : "unreachable");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed("timeout");
        }
    }

    private static HttpRequestMessage Request(OAuthEndpoint endpoint, List<KeyValuePair<string, string>> fields)
    {
        HttpContent content = endpoint.IsForm
            ? new FormUrlEncodedContent(fields)
            : new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>(fields)))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            };
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Url) { Content = content };
        request.Headers.TryAddWithoutValidation("accept", "application/json");
        request.Headers.TryAddWithoutValidation("user-agent", UpstreamHeaders.UserAgent);
        if (endpoint.Header is { } header)
        {
            request.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        return request;
    }

    private OAuthAnswer Read(HttpResponseMessage response, byte[] body, DateTime sentAt)
    {
        JsonElement json;
        try
        {
            json = JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            json = default;
        }

        if (!response.IsSuccessStatusCode)
        {
            return Refused(response, json);
        }

        if (Text(json, "access_token") is not { } accessToken || !IsToken(accessToken))
        {
            return Failed("malformed_answer");
        }

        if (Text(json, "token_type") is { } type && !type.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return Failed("unsupported_token_type", OAuthErrorKind.Configuration);
        }

        var refreshToken = Text(json, "refresh_token") is { Length: > 0 } given ? given : null;
        return refreshToken is null || IsToken(refreshToken)
            ? new OAuthAnswer(new OAuthTokens(accessToken, refreshToken, sentAt + Lifetime(json)), null)
            : Failed("malformed_answer");
    }

    private OAuthAnswer Refused(HttpResponseMessage response, JsonElement json)
    {
        // Some providers wrap their error in an object; its type is the code then.
        var code = Text(json, "error") ?? Text(Member(json, "error"), "type");
        var status = (int)response.StatusCode;
        var isRefusal = status is >= 400 and < 500 and not (408 or 429);
        var kind = !isRefusal ? OAuthErrorKind.Temporary : code switch
        {
            "invalid_grant" => OAuthErrorKind.InvalidGrant,
            "invalid_client" or "unauthorized_client" or "unsupported_grant_type" => OAuthErrorKind.Configuration,
            _ => OAuthErrorKind.Temporary,
        };
        return new OAuthAnswer(null, new OAuthError(
            kind, IsCode(code) ? code! : $"status_{status.ToString(CultureInfo.InvariantCulture)}", RetryTimes.OfHeaders(response.Headers, clock.GetUtcNow())));
    }

    private static OAuthAnswer Failed(string code, OAuthErrorKind kind = OAuthErrorKind.Temporary) => new(null, new OAuthError(kind, code));

    private static TimeSpan Lifetime(JsonElement json)
    {
        var member = Member(json, "expires_in");
        var seconds = member.ValueKind switch
        {
            JsonValueKind.Number when member.TryGetDouble(out var number) => number,
            JsonValueKind.String when double.TryParse(member.GetString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) => number,
            _ => double.NaN,
        };
        return seconds is > 0 ? TimeSpan.FromSeconds(Math.Min(Math.Floor(seconds), MostLifetime.TotalSeconds)) : UnstatedLifetime;
    }

    private static JsonElement Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement json, string name)
    {
        try
        {
            return Member(json, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair, written as an escape
        }
    }

    /// <summary>Tokens travel in headers: only visible ASCII.</summary>
    private static bool IsToken(string text) => text.Length is > 0 and <= TokenMaxLength && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>Whether it is a word that may be logged: what a provider writes there need not be one.</summary>
    private static bool IsCode(string? text) =>
        text is { Length: > 0 and <= CodeMaxLength } && !text.AsSpan().ContainsAnyExcept(CodeCharacters);
}
