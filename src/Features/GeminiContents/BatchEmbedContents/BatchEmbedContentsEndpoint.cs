using Carter;
using Gateway.Proxy.Formats.GeminiEmbeddings;
using MediatR;

namespace Gateway.Features.GeminiContents.BatchEmbedContents;

internal sealed class BatchEmbedContentsEndpoint : ICarterModule
{
    private const string Method = "batchEmbedContents";

    public void AddRoutes(IEndpointRouteBuilder app) => app.MapModelMethod(Method, "BatchEmbedContents", Handle);

    /// <summary>Gemini batchEmbedContents: send and receive what Google's API reference describes, with an API key of this gateway.</summary>
    public static async Task Handle(string model, HttpContext http, GeminiEmbeddingBatchFormat format, IMediator mediator)
    {
        var reply = await mediator.Send(new BatchEmbedContentsRequest(http, format, GeminiRoutes.ModelOf(http, model, Method)), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
