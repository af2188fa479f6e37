using Carter;
using Gateway.Infrastructure.OpenApi;
using Gateway.Proxy.Formats.OpenAiResponses;
using MediatR;

namespace Gateway.Features.Responses.CountInputTokens;

internal sealed class CountInputTokensEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/v1/responses/input_tokens", Handle).WithName("CountInputTokens").AsProxyRoute();

    /// <summary>How many input tokens a response would have, as OpenAI's API reference describes, on accounts that speak Responses themselves.</summary>
    public static async Task Handle(HttpContext http, ResponsesFormat format, IMediator mediator)
    {
        var reply = await mediator.Send(new CountInputTokensRequest(http, format), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
