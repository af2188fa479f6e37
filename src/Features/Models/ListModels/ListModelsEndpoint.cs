using Carter;
using Gateway.Infrastructure.OpenApi;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.Models.ListModels;

internal sealed class ListModelsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/v1/models", Handle).WithName("ListModels").AsProxyRoute();

    /// <summary>The models that the calling key can reach, in a form that OpenAI and Claude clients both read. Claude's <c>limit</c>, <c>after_id</c> and <c>before_id</c> page it.</summary>
    public static async Task Handle(HttpContext http, ModelClients clients, IMediator mediator)
    {
        var format = clients.FormatOf(http);
        var reply = await mediator.Send(new ListModelsRequest(http, format), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
