using Carter;
using Gateway.Infrastructure.Http;
using Gateway.Infrastructure.OpenApi;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.Models.GetModel;

internal sealed class GetModelEndpoint : ICarterModule
{
    // A catch-all: names such as "openai/gpt-5" have a slash, raw or as %2F.
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/models/{**model}", Handle).WithName("GetModel").AsProxyRoute();
        app.MapGet("/openai/v1/models/{**model}", Handle).WithName("GetModelAtAzure").AsProxyRoute();
        app.MapGet("/v1beta/models/{**model}", Handle).WithName("GetGeminiModel").AsProxyRoute();
        app.MapGet($"/v1beta/{ModelInPath.TunedModels}{{**model}}", HandleTuned).ExcludeFromDescription().AsProxyRoute();
        app.MapGet($"/v1/{ModelInPath.TunedModels}{{**model}}", HandleTuned).ExcludeFromDescription().AsProxyRoute();
    }

    /// <summary>The same for Google's tuned models, whose collection is a part of their names.</summary>
    public static Task HandleTuned(string model, HttpContext http, ModelClients clients, IMediator mediator) => Handle(ModelInPath.TunedModels + model, http, clients, mediator);

    /// <summary>One model, if the calling key can reach it, in the form that the calling client reads.</summary>
    public static async Task Handle(string model, HttpContext http, ModelClients clients, IMediator mediator)
    {
        var format = clients.FormatOf(http);
        var reply = await mediator.Send(new GetModelRequest(http, format, ModelInPath.Decode(model)), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
