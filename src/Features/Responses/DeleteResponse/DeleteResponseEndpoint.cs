using Carter;
using Gateway.Infrastructure.OpenApi;
using Gateway.Proxy.Formats.OpenAiResponses;
using MediatR;

namespace Gateway.Features.Responses.DeleteResponse;

internal sealed class DeleteResponseEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapDelete("/v1/responses/{responseId}", Handle).WithName("DeleteResponse").AsProxyRoute();

    /// <summary>Deletes a response that its platform keeps, with an API key of the user who made it.</summary>
    public static async Task Handle(string responseId, HttpContext http, ResponsesFormat format, IMediator mediator)
    {
        var reply = await mediator.Send(new DeleteResponseRequest(http, format, responseId), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
