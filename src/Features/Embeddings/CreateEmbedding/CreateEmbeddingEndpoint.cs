using Carter;
using Gateway.Infrastructure.OpenApi;
using Gateway.Proxy.Formats.OpenAiEmbeddings;
using MediatR;

namespace Gateway.Features.Embeddings.CreateEmbedding;

internal sealed class CreateEmbeddingEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/v1/embeddings", Handle).WithName("CreateEmbedding").AsProxyRoute();

    /// <summary>OpenAI embeddings: send and receive what OpenAI's API reference describes, with an API key of this gateway.</summary>
    public static async Task Handle(HttpContext http, OpenAiEmbeddingFormat format, IMediator mediator)
    {
        var reply = await mediator.Send(new CreateEmbeddingRequest(http, format), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
