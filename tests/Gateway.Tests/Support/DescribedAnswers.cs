using System.Text.Json;

namespace Gateway.Tests.Support;

/// <summary>Holds every JSON answer of the management API that any test receives against the published document: what is not described there does not come.</summary>
public sealed class DescribedAnswers : DelegatingHandler
{
    // One program, one document, whichever server gave it.
    private static OpenApiDocument? _document;

    private DescribedAnswers()
        : base(new SocketsHttpHandler())
    {
    }

    public static HttpClient CreateClient(Uri gateway) => new(new DescribedAnswers()) { BaseAddress = gateway };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (request.RequestUri!.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal) && response.Content.Headers.ContentType?.MediaType == "application/json")
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            if (await DocumentAsync(request.RequestUri, cancellationToken) is { } document)
            {
                var difference = document.Difference(request.Method, request.RequestUri.AbsolutePath, (int)response.StatusCode, JsonSerializer.Deserialize<JsonElement>(body));
                difference.ShouldBeNull($"{request.Method} {request.RequestUri.AbsolutePath} answered {(int)response.StatusCode}, and not as the document describes: {body}");
            }
        }

        return response;
    }

    // A server that is starting or stopping answers, but has no document to give.
    private async Task<OpenApiDocument?> DocumentAsync(Uri address, CancellationToken cancellationToken)
    {
        if (_document is null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/openapi/v1.json"));
            using var response = await base.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                _document = new OpenApiDocument(await response.Content.ReadAsStringAsync(cancellationToken));
            }
        }

        return _document;
    }
}
