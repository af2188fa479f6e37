using Carter;
using Gateway.Infrastructure.OpenApi;
using Gateway.Proxy.Formats.OpenAiResponses;
using MediatR;

namespace Gateway.Features.Responses.CompactResponse;

internal sealed class CompactResponseEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/v1/responses/compact", Handle).WithName("CompactResponse").AsProxyRoute();

    /// <summary>Makes a conversation shorter, as OpenAI's API reference describes, on accounts that speak Responses themselves.</summary>
    public static async Task Handle(HttpContext http, ResponsesFormat format, IMediator mediator)
    {
        var reply = await mediator.Send(new CompactResponseRequest(http, format), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
