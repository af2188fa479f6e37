using Carter;
using Gateway.Proxy.Formats.Gemini;
using MediatR;

namespace Gateway.Features.GeminiContents.GenerateContent;

internal sealed class GenerateContentEndpoint : ICarterModule
{
    private const string Method = "generateContent";

    public void AddRoutes(IEndpointRouteBuilder app) => app.MapModelMethod(Method, "GenerateContent", Handle);

    /// <summary>Gemini generateContent: send and receive what Google's API reference describes, with an API key of this gateway.</summary>
    public static async Task Handle(string model, HttpContext http, GeminiFormat format, IMediator mediator)
    {
        var reply = await mediator.Send(new GenerateContentRequest(http, format, GeminiRoutes.ModelOf(http, model, Method)), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
