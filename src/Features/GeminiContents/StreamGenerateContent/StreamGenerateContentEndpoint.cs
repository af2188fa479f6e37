using Carter;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.Gemini;
using MediatR;

namespace Gateway.Features.GeminiContents.StreamGenerateContent;

internal sealed class StreamGenerateContentEndpoint : ICarterModule
{
    private const string Method = "streamGenerateContent";

    public void AddRoutes(IEndpointRouteBuilder app) => app.MapModelMethod(Method, "StreamGenerateContent", Handle);

    /// <summary>Gemini streamGenerateContent: server-sent events with <c>alt=sse</c>, otherwise one JSON array, as Google's API reference describes.</summary>
    public static async Task Handle(string model, HttpContext http, GeminiFormat events, GeminiArrayFormat array, IMediator mediator)
    {
        ClientFormat format = string.Equals(http.Request.Query["alt"], "sse", StringComparison.OrdinalIgnoreCase) ? events : array;
        var reply = await mediator.Send(new StreamGenerateContentRequest(http, format, GeminiRoutes.ModelOf(http, model, Method)), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
