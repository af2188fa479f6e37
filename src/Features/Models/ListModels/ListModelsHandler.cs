using System.Globalization;
using System.Text.Json;
using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Scheduling;
using MediatR;

namespace Gateway.Features.Models.ListModels;

internal sealed class ListModelsHandler(ReachableModels models) : IRequestHandler<ListModelsRequest, ProxyReply>
{
    private const int MostPerPage = 1000;

    public async Task<ProxyReply> Handle(ListModelsRequest request, CancellationToken cancellationToken)
    {
        var http = request.Http;
        var query = http.Request.Query;
        var isGemini = request.Format.Wire == WireFormat.Gemini;
        var limitName = isGemini ? "pageSize" : "limit";
        var limit = MostPerPage;
        if (query.TryGetValue(limitName, out var text)
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MostPerPage))
        {
            return ProxyReply.Fail(GatewayError.BadRequest($"'{limitName}' must be between 1 and {MostPerPage}."));
        }

        var all = models.List(http.ApiKey());
        var (page, hasMore) = Page(all, query[isGemini ? "pageToken" : "after_id"], query["before_id"], query.ContainsKey(limitName) ? limit : all.Count);
        http.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(http.Response.BodyWriter, JsonText.WriterOptions);
        if (isGemini)
        {
            GeminiModelObject.WriteList(writer, page, hasMore ? page[^1].Name : null);
            return ProxyReply.Done;
        }

        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var model in page)
        {
            ModelObject.Write(writer, model);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("has_more"u8, hasMore);
        writer.WriteString("first_id"u8, page.Count > 0 ? page[0].Name : null);
        writer.WriteString("last_id"u8, page.Count > 0 ? page[^1].Name : null);
        writer.WriteEndObject();
        return ProxyReply.Done;
    }

    private static (IReadOnlyList<ReachableModel> Page, bool HasMore) Page(
        IReadOnlyList<ReachableModel> all, string? after, string? before, int limit)
    {
        if (!string.IsNullOrEmpty(before))
        {
            var earlier = all.Where(model => string.CompareOrdinal(model.Name, before) < 0).ToList();
            return (earlier.TakeLast(limit).ToList(), earlier.Count > limit);
        }

        var later = string.IsNullOrEmpty(after) ? all : all.Where(model => string.CompareOrdinal(model.Name, after) > 0).ToList();
        return (later.Take(limit).ToList(), later.Count > limit);
    }
}
