using Carter;
using Gateway.Infrastructure.Http;
using Gateway.Infrastructure.OpenApi;
using Gateway.Proxy.Formats.OpenAiEmbeddings;
using MediatR;

namespace Gateway.Features.Embeddings.CreateEmbedding;

internal sealed class CreateEmbeddingEndpoint : ICarterModule
{
    private const string Operation = "/embeddings";

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/embeddings", Handle).WithName("CreateEmbedding").AsProxyRoute();

        // Where Azure's clients call.
        app.MapPost("/openai/v1/embeddings", Handle).WithName("CreateEmbeddingAtAzure").AsProxyRoute();
        app.MapPost($"/openai/deployments/{{deployment}}{Operation}", HandleDeployment).WithName("CreateEmbeddingAtDeployment").AsProxyRoute();

        // A name with a raw slash is several segments.
        app.MapPost($"/openai/deployments/{{**deployment:{PathEndConstraint.Name}({Operation})}}", HandleDeployment).ExcludeFromDescription().AsProxyRoute();
    }

    /// <summary>OpenAI embeddings: send and receive what OpenAI's API reference describes, with an API key of this gateway.</summary>
    public static Task Handle(HttpContext http, OpenAiEmbeddingFormat format, IMediator mediator) => SendAsync(http, format, null, mediator);

    /// <summary>The same for Azure clients that name the model in the address, as a deployment.</summary>
    public static Task HandleDeployment(string deployment, HttpContext http, OpenAiEmbeddingFormat format, IMediator mediator) =>
        SendAsync(http, format, ModelInPath.Decode(deployment, Operation), mediator);

    private static async Task SendAsync(HttpContext http, OpenAiEmbeddingFormat format, string? deployment, IMediator mediator)
    {
        var reply = await mediator.Send(new CreateEmbeddingRequest(http, format, deployment), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
