using System.Net;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Simulator;

public sealed class AzureRulesTests(SharedSimulator simulator)
{
    private const string Dated = "/openai/deployments/gpt-4o-mini/chat/completions?api-version=2024-10-21";

    private readonly SimulatedAccount _account = simulator.Server.NewAccount(CredentialPrefix.Azure);

    [Theory]
    [InlineData("/openai/v1/chat/completions", 200)]
    [InlineData("/openai/v1/chat/completions?api-version=preview", 200)]
    [InlineData("/openai/v1/chat/completions?api-version=2024-10-21", 404)]
    [InlineData("/openai/chat/completions?api-version=2024-10-21", 404)]
    [InlineData(Dated, 200)]
    [InlineData("/openai/deployments/gpt-4o-mini/chat/completions", 404)]
    [InlineData("/openai/deployments/gpt-4o-mini/chat/completions?api-version=newest", 404)]
    [InlineData("/openai/deployments/gpt-4o-mini/responses?api-version=2024-10-21", 404)]
    [InlineData("/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21", 400)] // The body names another.
    [InlineData("/openai/deployments/nobodys/chat/completions?api-version=2024-10-21", 400)]
    public async Task An_address_is_right_or_there_is_nothing(string path, int status)
    {
        using var response = await simulator.Server.PostAsync(_account, path, Upstream.Hello);

        ((int)response.StatusCode).ShouldBe(status, await response.TextAsync());
    }

    [Fact]
    public async Task A_deployment_that_is_missing_is_named_so()
    {
        _account.Models = new HashSet<string> { "other" };

        using var response = await simulator.Server.PostAsync(_account, Dated, Upstream.Hello);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        JsonElement.Parse(await response.TextAsync()).GetProperty("error").GetProperty("code").GetString().ShouldBe("DeploymentNotFound");
    }

    [Fact]
    public async Task A_stream_begins_with_what_the_filter_thinks_of_the_prompt()
    {
        using var response = await simulator.Server.PostAsync(_account, Dated, Upstream.HelloStream);

        var first = JsonElement.Parse((await response.TextAsync()).Split('\n')[0]["data: ".Length..]);
        first.GetProperty("choices").GetArrayLength().ShouldBe(0);
        first.GetProperty("prompt_filter_results").GetArrayLength().ShouldBe(1);
        first.TryGetProperty("usage", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("api-key: sk-sim-a", 401)]
    [InlineData("api-key: azure-sim-a", 200)]
    [InlineData("authorization: Bearer azure-sim-a", 401)]
    [InlineData("authorization: Bearer sim-entra.azure-sim-a.7", 401)] // Nobody issued it.
    [InlineData("api-key: azure-sim-a|authorization: Bearer x", 400)]
    [InlineData("api-key: azure-sim-a|x-api-key: x", 400)]
    [InlineData("", 401)]
    public async Task A_key_or_an_issued_token_gets_in_and_never_both(string credentials, int status)
    {
        using var request = simulator.Server.Request(_account, Dated, Upstream.Hello);
        request.Headers.Clear();
        foreach (var header in credentials.Split('|').Where(header => header.Length > 0))
        {
            var parts = header.Split(": ");
            request.Headers.TryAddWithoutValidation(parts[0], parts[1]);
        }

        using var response = await Upstream.SendAsync(request);

        ((int)response.StatusCode).ShouldBe(status, await response.TextAsync());
    }

    [Theory]
    [InlineData("grant_type=client_credentials&client_id=a&scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default", 200)]
    [InlineData("grant_type=password&client_id=a&scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default", 400)]
    [InlineData("grant_type=client_credentials&client_id=a&scope=openid", 400)]
    [InlineData("grant_type=client_credentials&scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default", 401)]
    public async Task Tokens_are_issued_to_applications(string form, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(simulator.Server.Url, "/tenant/oauth2/v2.0/token"))
        {
            Content = new StringContent($"{form}&client_secret={_account.Credential}", new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded")),
        };

        using var response = await Upstream.SendAsync(request);

        ((int)response.StatusCode).ShouldBe(status, await response.TextAsync());
    }
}
