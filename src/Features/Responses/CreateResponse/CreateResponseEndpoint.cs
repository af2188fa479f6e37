using Carter;
using Gateway.Infrastructure.OpenApi;
using Gateway.Proxy.Formats.OpenAiResponses;
using MediatR;

namespace Gateway.Features.Responses.CreateResponse;

internal sealed class CreateResponseEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/responses", Handle).WithName("CreateResponse").AsProxyRoute();

        // Where Azure's clients call.
        app.MapPost("/openai/v1/responses", Handle).WithName("CreateResponseAtAzure").AsProxyRoute();
    }

    /// <summary>OpenAI Responses: send and receive what OpenAI's API reference describes, with an API key of this gateway.</summary>
    public static async Task Handle(HttpContext http, ResponsesFormat format, IMediator mediator)
    {
        var reply = await mediator.Send(new CreateResponseRequest(http, format), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
