using System.Text.Json;
using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Errors;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling;
using MediatR;

namespace Gateway.Features.Models.GetModel;

internal sealed class GetModelHandler(ReachableModels models) : IRequestHandler<GetModelRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(GetModelRequest request, CancellationToken cancellationToken)
    {
        var http = request.Http;
        if (!RequestInspector.IsModelName(request.Model) || models.Find(http.ApiKey(), request.Model) is not { } model)
        {
            await ErrorWriter.WriteAsync(http, request.Format, Failure.UnknownModel(request.Model));
            return ProxyReply.Done;
        }

        http.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(http.Response.BodyWriter, JsonText.WriterOptions);
        if (request.Format.Wire == WireFormat.Gemini)
        {
            GeminiModelObject.Write(writer, model);
        }
        else
        {
            ModelObject.Write(writer, model);
        }

        return ProxyReply.Done;
    }
}
