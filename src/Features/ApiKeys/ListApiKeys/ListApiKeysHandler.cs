using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.ApiKeys.ListApiKeys;

internal sealed class ListApiKeysHandler(GatewayDbContext db, ICurrentUser caller, KeySpending spending)
    : IRequestHandler<ListApiKeysRequest, Result<PagedList<ApiKeyView>>>
{
    public async Task<Result<PagedList<ApiKeyView>>> Handle(ListApiKeysRequest request, CancellationToken cancellationToken)
    {
        var found = Filter(request).VisibleTo(caller);
        var total = await found.LongCountAsync(cancellationToken);
        var keys = await found.AsNoTracking().OrderByDescending(key => key.Id).PageOf(request).ToListAsync(cancellationToken);
        var spends = await spending.ReadAsync(keys, cancellationToken);
        return new PagedList<ApiKeyView>([.. keys.Select(key => ApiKeyView.Of(key, spends[key.Id]))], total, request.Page, request.PageSize);
    }

    private IQueryable<ApiKey> Filter(ListApiKeysRequest request)
    {
        var keys = string.IsNullOrEmpty(request.Tag) ? db.ApiKeys : WithTag(request.Tag);
        if (!string.IsNullOrEmpty(request.Search))
        {
            var text = request.Search;
            var lower = text.ToLowerInvariant();
#pragma warning disable CA1862 // A StringComparison has no translation to SQL.
            keys = keys.Where(key => key.Name.ToLower().Contains(lower) || key.Hint.Contains(text));
#pragma warning restore CA1862
        }

        if (request.UserId is { } userId)
        {
            keys = keys.Where(key => key.UserId == userId);
        }

        return request.Enabled is { } enabled ? keys.Where(key => key.Enabled == enabled) : keys;
    }

    /// <summary>The tags are a JSON list in a text column: an element starts behind its bracket or a comma, and inside a tag a quote has a backslash before it.</summary>
    private IQueryable<ApiKey> WithTag(string tag)
    {
        var element = JsonColumn.Write(tag);
        return db.ApiKeys.FromSql($"SELECT * FROM api_keys WHERE INSTR(tags, {"[" + element}) > 0 OR INSTR(tags, {"," + element}) > 0");
    }
}
