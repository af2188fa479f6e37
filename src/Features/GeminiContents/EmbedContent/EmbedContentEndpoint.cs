using Carter;
using Gateway.Proxy.Formats.GeminiEmbeddings;
using MediatR;

namespace Gateway.Features.GeminiContents.EmbedContent;

internal sealed class EmbedContentEndpoint : ICarterModule
{
    private const string Method = "embedContent";

    public void AddRoutes(IEndpointRouteBuilder app) => app.MapModelMethod(Method, "EmbedContent", Handle);

    /// <summary>Gemini embedContent: send and receive what Google's API reference describes, with an API key of this gateway.</summary>
    public static async Task Handle(string model, HttpContext http, GeminiEmbeddingFormat format, IMediator mediator)
    {
        var reply = await mediator.Send(new EmbedContentRequest(http, format, GeminiRoutes.ModelOf(http, model, Method)), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
