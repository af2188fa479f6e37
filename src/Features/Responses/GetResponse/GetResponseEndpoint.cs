using Carter;
using Gateway.Infrastructure.OpenApi;
using Gateway.Proxy.Formats.OpenAiResponses;
using MediatR;

namespace Gateway.Features.Responses.GetResponse;

internal sealed class GetResponseEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/v1/responses/{responseId}", Handle).WithName("GetResponse").AsProxyRoute();

    /// <summary>A response that its platform keeps, as OpenAI's API reference describes, with an API key of the user who made it.</summary>
    public static async Task Handle(string responseId, HttpContext http, ResponsesFormat format, IMediator mediator)
    {
        var reply = await mediator.Send(new GetResponseRequest(http, format, responseId), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
