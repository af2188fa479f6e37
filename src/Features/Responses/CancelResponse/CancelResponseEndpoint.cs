using Carter;
using Gateway.Infrastructure.OpenApi;
using Gateway.Proxy.Formats.OpenAiResponses;
using MediatR;

namespace Gateway.Features.Responses.CancelResponse;

internal sealed class CancelResponseEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/v1/responses/{responseId}/cancel", Handle).WithName("CancelResponse").AsProxyRoute();

    /// <summary>Cancels a response at its platform, with an API key of the user who made it.</summary>
    public static async Task Handle(string responseId, HttpContext http, ResponsesFormat format, IMediator mediator)
    {
        var reply = await mediator.Send(new CancelResponseRequest(http, format, responseId), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
