using Carter;
using Gateway.Proxy.Formats.Gemini;
using MediatR;

namespace Gateway.Features.GeminiContents.CountContentTokens;

internal sealed class CountContentTokensEndpoint : ICarterModule
{
    private const string Method = "countTokens";

    public void AddRoutes(IEndpointRouteBuilder app) => app.MapModelMethod(Method, "CountContentTokens", Handle);

    /// <summary>Gemini countTokens: send and receive what Google's API reference describes, with an API key of this gateway.</summary>
    public static async Task Handle(string model, HttpContext http, GeminiFormat format, IMediator mediator)
    {
        var reply = await mediator.Send(new CountContentTokensRequest(http, format, GeminiRoutes.ModelOf(http, model, Method)), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
