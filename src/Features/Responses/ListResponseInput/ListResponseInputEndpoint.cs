using Carter;
using Gateway.Infrastructure.OpenApi;
using Gateway.Proxy.Formats.OpenAiResponses;
using MediatR;

namespace Gateway.Features.Responses.ListResponseInput;

internal sealed class ListResponseInputEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/v1/responses/{responseId}/input_items", Handle).WithName("ListResponseInput").AsProxyRoute();

    /// <summary>What a response was made from, with an API key of the user who made it.</summary>
    public static async Task Handle(string responseId, HttpContext http, ResponsesFormat format, IMediator mediator)
    {
        var reply = await mediator.Send(new ListResponseInputRequest(http, format, responseId), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
