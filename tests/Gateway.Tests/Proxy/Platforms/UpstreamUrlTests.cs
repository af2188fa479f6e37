using Gateway.Proxy.Platforms;

namespace Gateway.Tests.Proxy.Platforms;

public sealed class UpstreamUrlTests
{
    [Theory]
    [InlineData("https://api.openai.com", "https://api.openai.com/v1/chat/completions")]
    [InlineData("https://api.openai.com/", "https://api.openai.com/v1/chat/completions")]
    [InlineData("https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions")]
    [InlineData("https://api.openai.com/v1/", "https://api.openai.com/v1/chat/completions")]
    [InlineData("https://host/prefix", "https://host/prefix/v1/chat/completions")]
    [InlineData("https://host/prefix//", "https://host/prefix/v1/chat/completions")]
    [InlineData("https://open.host/api/paas/v4", "https://open.host/api/paas/v4/chat/completions")]
    [InlineData("https://host/v1beta/", "https://host/v1beta/chat/completions")]
    [InlineData("https://host/v1alpha2", "https://host/v1alpha2/chat/completions")]
    [InlineData("https://host/v2024", "https://host/v2024/chat/completions")]
    [InlineData("https://host/openai/v1", "https://host/openai/v1/chat/completions")]
    [InlineData("https://host/version", "https://host/version/v1/chat/completions")]
    [InlineData("https://host/v", "https://host/v/v1/chat/completions")]
    [InlineData("https://host/v1x", "https://host/v1x/v1/chat/completions")]
    [InlineData("https://host/nv1", "https://host/nv1/v1/chat/completions")]
    [InlineData("https://v1", "https://v1/v1/chat/completions")]
    [InlineData("https://v1/", "https://v1/v1/chat/completions")]
    [InlineData("http://127.0.0.1:8000/v1/custom", "http://127.0.0.1:8000/v1/custom/v1/chat/completions")]
    [InlineData("https://host/exactly/this#", "https://host/exactly/this")]
    [InlineData("https://host/exactly/this/#", "https://host/exactly/this/")]
    [InlineData("https://host/this?api-version=1#", "https://host/this?api-version=1")]
    public void OpenAi_addresses(string baseUrl, string expected) =>
        UpstreamUrl.OpenAi(baseUrl, "chat/completions").ShouldBe(expected);

    [Theory]
    [InlineData("https://api.anthropic.com", "https://api.anthropic.com/v1/messages")]
    [InlineData("https://api.anthropic.com/v1/", "https://api.anthropic.com/v1/messages")]
    [InlineData("https://host/anthropic", "https://host/anthropic/v1/messages")]
    [InlineData("https://host/messages#", "https://host/messages")]
    public void Claude_addresses(string baseUrl, string expected) => UpstreamUrl.Claude(baseUrl, "messages").ShouldBe(expected);

    [Theory]
    [InlineData("https://api.anthropic.com", "https://api.anthropic.com/v1/oauth/token")]
    [InlineData("https://host/anthropic/v1", "https://host/anthropic/v1/oauth/token")]
    [InlineData("https://host:8443/some/messages?x=1#", "https://host:8443/v1/oauth/token")]
    [InlineData("https://host#", "https://host/v1/oauth/token")]
    public void Token_addresses(string baseUrl, string expected) => UpstreamUrl.Token(baseUrl).ShouldBe(expected);

    [Theory]
    [InlineData("https://res.openai.azure.com", null, "https://res.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("https://res.openai.azure.com/", null, "https://res.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("https://res.openai.azure.com/openai", null, "https://res.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("https://res.openai.azure.com/openai/v1/", null, "https://res.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("https://res.openai.azure.com", "preview", "https://res.openai.azure.com/openai/v1/chat/completions?api-version=preview")]
    [InlineData("https://res.openai.azure.com", "2024-10-21", "https://res.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21")]
    [InlineData("https://res.openai.azure.com/openai", "2024-10-21", "https://res.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21")]
    [InlineData("https://res.openai.azure.com/openai/v1", "2024-10-21", "https://res.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21")]
    [InlineData("https://gate/azure/", "2025-01-01-preview", "https://gate/azure/openai/deployments/my%20gpt/chat/completions?api-version=2025-01-01-preview")]
    [InlineData("https://gate/exact?api-version=1#", "2024-10-21", "https://gate/exact?api-version=1")]
    public void Azure_addresses(string baseUrl, string? apiVersion, string expected) =>
        UpstreamUrl.Azure(baseUrl, "chat/completions", "my gpt", apiVersion).ShouldBe(expected);

    [Fact]
    public void Azure_responses_lie_beside_the_deployments() =>
        UpstreamUrl.Azure("https://res.openai.azure.com", "responses", "gpt", "2025-03-01-preview")
            .ShouldBe("https://res.openai.azure.com/openai/responses?api-version=2025-03-01-preview");

    [Theory]
    [InlineData("https://host", "gemini-2.5-pro", "https://host/v1beta/models/gemini-2.5-pro:streamGenerateContent")]
    [InlineData("https://host/v1beta/", "models/gemini-2.5-pro", "https://host/v1beta/models/gemini-2.5-pro:streamGenerateContent")]
    [InlineData("https://host/v1", "tunedModels/mine", "https://host/v1/tunedModels/mine:streamGenerateContent")]
    [InlineData("https://host/gem", "a/b?c#d", "https://host/gem/v1beta/models/a%2Fb%3Fc%23d:streamGenerateContent")]
    [InlineData("https://host/exact#", "gemini-2.5-pro", "https://host/exact")]
    public void Gemini_addresses(string baseUrl, string model, string expected) =>
        UpstreamUrl.Gemini(baseUrl, model, "streamGenerateContent").ShouldBe(expected);

    [Fact]
    public void Gemini_models_are_listed_below_the_version() =>
        UpstreamUrl.GeminiModels("https://host/").ShouldBe("https://host/v1beta/models");

    [Theory]
    [InlineData("anthropic.claude-sonnet-4-5-20250929-v1:0", "/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse")]
    [InlineData("arn:aws:bedrock:us-east-1:1:inference-profile/x", "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/converse")]
    [InlineData("a%3Ab", "/model/a%253Ab/converse")]
    [InlineData("..", "/model/%252E%252E/converse")]
    [InlineData(".", "/model/%252E/converse")]
    public void A_bedrock_model_is_encoded_once_and_stays_one_part_of_the_path(string modelId, string expected)
    {
        var url = UpstreamUrl.Bedrock("https://bedrock-runtime.us-east-1.amazonaws.com/", modelId, "converse");

        url.ShouldBe($"https://bedrock-runtime.us-east-1.amazonaws.com{expected}");
        new Uri(url).AbsoluteUri.ShouldBe(url);
    }
}
