using Gateway.Infrastructure;
using Gateway.Proxy.Scheduling;

namespace Gateway.Proxy.Platforms.OpenAi;

/// <summary>OpenAI's own API, and every server that speaks it.</summary>
internal sealed class OpenAiAdapter : OpenAiApi
{
    public override Platform Platform => Platform.OpenAi;

    protected override Uri Address(in UpstreamCall call, string operation) => call.Account.Url(operation, call.Query, UpstreamUrl.OpenAi);

    protected override string Join(string baseUrl, string operation, UpstreamAccount account) => UpstreamUrl.OpenAi(baseUrl, operation);

    protected override void Authorize(HttpRequestMessage request, UpstreamAccount account)
    {
        request.Headers.TryAddWithoutValidation("authorization", $"Bearer {account.Credentials[CredentialFields.ApiKey]}");
        AddIfSet(request, "openai-organization", account, CredentialFields.Organization);
        AddIfSet(request, "openai-project", account, CredentialFields.Project);
    }

    private static void AddIfSet(HttpRequestMessage request, string header, UpstreamAccount account, string field)
    {
        if (account.Credentials.Find(field) is { Length: > 0 } value)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }
    }
}
