using Gateway.Proxy.Platforms.Azure;

namespace Gateway.Tests.Proxy.Platforms;

public sealed class EntraTransportTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_fetched_through_the_accounts_own_connections_from_the_configured_authority()
    {
        using var pool = new Pool(16);
        using var client = new HttpClient(new EntraTransport(new HttpMessageInvoker(pool), new Uri("http://127.0.0.1:5001")));

        using var response = await client.GetAsync(new Uri("https://127.0.0.1:5001/tenant/oauth2/v2.0/token"), Cancel);

        pool.Asked.ShouldBe(new Uri("http://127.0.0.1:5001/tenant/oauth2/v2.0/token"));
    }

    [Fact]
    public async Task No_secret_goes_to_another_host()
    {
        using var pool = new Pool(16);
        using var client = new HttpClient(new EntraTransport(new HttpMessageInvoker(pool), new Uri("https://login.example")));

        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri("https://elsewhere.example/tenant/oauth2/v2.0/token"), Cancel));

        pool.Asked.ShouldBeNull();
    }

    [Fact]
    public async Task An_endless_answer_is_given_up()
    {
        using var pool = new Pool(2 * 1024 * 1024);
        using var client = new HttpClient(new EntraTransport(new HttpMessageInvoker(pool), new Uri("https://login.example")));

        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri("https://login.example/tenant/oauth2/v2.0/token"), Cancel));
    }

    private sealed class Pool(int answerBytes) : HttpMessageHandler
    {
        public Uri? Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked = request.RequestUri;
            return Task.FromResult(new HttpResponseMessage { Content = new StreamContent(new MemoryStream(new byte[answerBytes])) });
        }
    }
}
