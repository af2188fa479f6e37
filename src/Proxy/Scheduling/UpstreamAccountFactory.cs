using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Secrets;

namespace Gateway.Proxy.Scheduling;

/// <summary>Makes the form of an account that requests use: credentials opened, address joined, connection pool chosen.</summary>
internal sealed class UpstreamAccountFactory(SecretBox secrets) : IDisposable
{
    private readonly HttpMessageInvoker _direct = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false, AllowAutoRedirect = false });

    public UpstreamAccount Create(Account account, AccountLoad load)
    {
        var credentials = JsonSerializer.Deserialize<Dictionary<string, string>>(secrets.Open(account.CredentialsEncrypted, $"accounts/{account.Id}/credentials"))!;
        var url = (account.BaseUrl ?? (account.Platform == Platform.Claude ? "https://api.anthropic.com" : "https://api.openai.com")).TrimEnd('/');
        return new UpstreamAccount(account, credentials, url.EndsWith("/v1", StringComparison.Ordinal) ? url : url + "/v1", _direct, load);
    }

    public void Dispose() => _direct.Dispose();
}
