using System.Reflection;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.OpenApi;
using Gateway.Infrastructure.Paging;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;

namespace Gateway.Features.Usage.ListUsageRecords;

/// <summary>A page of records in the envelope, or all of them as a file that is read page by page while it is written.</summary>
internal sealed class UsageRecordsReply(
    ListUsageRecordsRequest request,
    Result<CursorList<UsageRecordView>> first,
    Func<ListUsageRecordsRequest, Task<Result<CursorList<UsageRecordView>>>> read)
    : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        Reply<CursorList<UsageRecordView>>.PopulateMetadata(method, builder);
        builder.Metadata.Add(new ProducesFile("text/csv"));
    }

    public Task ExecuteAsync(HttpContext httpContext) => request.IsExport && first.Error is null
        ? ExportAsync(httpContext)
        : new Reply<CursorList<UsageRecordView>>(first).ExecuteAsync(httpContext);

    private async Task ExportAsync(HttpContext http)
    {
        http.Response.ContentType = "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = "attachment; filename=usage-records.csv";
        var json = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var isAdmin = http.RequestServices.GetRequiredService<ICurrentUser>().IsAdmin;
        var csv = new CsvWriter<UsageRecordView>(http.Response.BodyWriter, json, isAdmin);
        csv.WriteHeader();
        for (var page = first; ;)
        {
            foreach (var record in page.Value.Items)
            {
                csv.WriteRow(record);
            }

            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
            if (page.Value.NextCursor is not { } cursor)
            {
                return;
            }

            page = await read(request with { Cursor = cursor });
            if (page.Error is not null)
            {
                // The status is sent: only a connection that breaks tells the client that the file is not whole.
                http.Abort();
                return;
            }
        }
    }
}
