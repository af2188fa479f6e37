using System.Security.Cryptography;
using System.Text;

namespace Simulator;

/// <summary>
/// The OAuth tokens of one account. Each renewal gives a new refresh token and ends the old one. Tokens are the account's credential with a number, from
/// which the first has none. Thread-safe.
/// </summary>
public sealed class SimulatedTokens
{
    private const string RefreshPrefix = "refresh-";
    private const string CodePrefix = "code-";
    private const string ClientPrefix = "client-";

    private readonly Lock _lock = new();
    private readonly string _credential;
    private readonly Dictionary<string, LogIn> _logIns = new(StringComparer.Ordinal);
    private int _newest;
    private int _firstAlive;

    internal SimulatedTokens(string credential) => _credential = credential;

    /// <summary>How often tokens were issued.</summary>
    public int Issued
    {
        get
        {
            lock (_lock)
            {
                return _newest;
            }
        }
    }

    /// <summary>The client that may log in to this account.</summary>
    public string ClientId => ClientPrefix + _credential;

    /// <summary>The refresh token that is good now.</summary>
    public string RefreshToken => RefreshPrefix + AccessToken;

    /// <summary>The access token that was issued last.</summary>
    public string AccessToken => Numbered(_credential, Issued);

    /// <summary>Every access token that was issued so far is refused from now on.</summary>
    public void EndAccess()
    {
        lock (_lock)
        {
            _firstAlive = _newest + 1;
        }
    }

    /// <summary>The refresh token is refused from now on, as after a log-out.</summary>
    public void EndRefresh()
    {
        lock (_lock)
        {
            _newest++;
        }
    }

    internal static string? CredentialOfRefresh(string? token) => WithoutPrefix(token, RefreshPrefix) is { } rest ? CredentialOf(rest) : null;

    internal static string? CredentialOfCode(string? code) => WithoutPrefix(code, CodePrefix) is { } rest ? CredentialOf(rest) : null;

    internal static string? CredentialOfClient(string? clientId) => WithoutPrefix(clientId, ClientPrefix);

    internal static string CredentialOf(string token) => token.LastIndexOf('.') is > 0 and var end ? token[..end] : token;

    internal bool TakesAccess(string accessToken)
    {
        var number = accessToken.LastIndexOf('.') is > 0 and var end && int.TryParse(accessToken[(end + 1)..], out var parsed) ? parsed : 0;
        lock (_lock)
        {
            return number >= _firstAlive && number <= _newest;
        }
    }

    internal bool TakesRefresh(string refreshToken) => refreshToken == RefreshToken;

    /// <returns>The number of the new tokens; null: the refresh token is used or unknown.</returns>
    internal int? Renew(string refreshToken)
    {
        lock (_lock)
        {
            return refreshToken == RefreshPrefix + Numbered(_credential, _newest) ? ++_newest : null;
        }
    }

    /// <summary>Somebody has logged in and agreed.</summary>
    /// <returns>The code for the client.</returns>
    internal string Agree(string redirectUri, string challenge)
    {
        lock (_lock)
        {
            var code = $"{CodePrefix}{_credential}.{_logIns.Count + 1}";
            _logIns.Add(code, new LogIn(redirectUri, challenge));
            return code;
        }
    }

    /// <returns>The number of the new tokens; null: the code is used, or was issued for another redirect or verifier (RFC 7636, 4.6).</returns>
    internal int? Redeem(string code, string? redirectUri, string? verifier)
    {
        lock (_lock)
        {
            if (!_logIns.TryGetValue(code, out var logIn) || logIn.IsUsed)
            {
                return null;
            }

            logIn.IsUsed = true;
            return logIn.RedirectUri == redirectUri && verifier is not null && logIn.Challenge == Challenge(verifier) ? ++_newest : null;
        }
    }

    internal string Access(int number) => Numbered(_credential, number);

    internal string Refresh(int number) => RefreshPrefix + Access(number);

    private static string Challenge(string verifier) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string Numbered(string credential, int number) => number == 0 ? credential : $"{credential}.{number}";

    private static string? WithoutPrefix(string? text, string prefix) =>
        text?.StartsWith(prefix, StringComparison.Ordinal) == true ? text[prefix.Length..] : null;

    private sealed record LogIn(string RedirectUri, string Challenge)
    {
        public bool IsUsed { get; set; }
    }
}
