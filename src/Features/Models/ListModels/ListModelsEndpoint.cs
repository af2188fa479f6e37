using Carter;
using Gateway.Infrastructure.OpenApi;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.Models.ListModels;

internal sealed class ListModelsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/models", Handle).WithName("ListModels").AsProxyRoute();
        app.MapGet("/openai/v1/models", Handle).WithName("ListModelsAtAzure").AsProxyRoute();
        app.MapGet("/v1beta/models", Handle).WithName("ListGeminiModels").AsProxyRoute();
    }

    /// <summary>
    /// The models that the calling key can reach: for Gemini clients in Google's form, paged by <c>pageSize</c> and <c>pageToken</c>; for all others in one that
    /// OpenAI and Claude clients both read, paged by Claude's <c>limit</c>, <c>after_id</c> and <c>before_id</c>.
    /// </summary>
    public static async Task Handle(HttpContext http, ModelClients clients, IMediator mediator)
    {
        var format = clients.FormatOf(http);
        var reply = await mediator.Send(new ListModelsRequest(http, format), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
