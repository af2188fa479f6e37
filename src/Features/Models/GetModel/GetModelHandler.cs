using System.Text.Json;
using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Scheduling;
using MediatR;

namespace Gateway.Features.Models.GetModel;

internal sealed class GetModelHandler(ReachableModels models) : IRequestHandler<GetModelRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(GetModelRequest request, CancellationToken cancellationToken)
    {
        var http = request.Http;
        if (models.Find(http.ApiKey(), request.Model, ModelClients.WireOf(http)) is not { } owner)
        {
            return ProxyReply.Fail(GatewayError.NotFound($"The model '{request.Model}' does not exist or this API key may not use it. GET /v1/models lists what it can use."));
        }

        http.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(http.Response.BodyWriter, JsonText.WriterOptions);
        ModelObject.Write(writer, request.Model, owner);
        return ProxyReply.Done;
    }
}
