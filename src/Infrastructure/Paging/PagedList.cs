using FluentValidation;

namespace Gateway.Infrastructure.Paging;

/// <summary>One page of a bounded list.</summary>
/// <param name="Items">The rows of this page.</param>
/// <param name="Total">How many rows there are on all pages.</param>
/// <param name="Page">Number of this page, from 1.</param>
/// <param name="PageSize">The most rows that a page holds.</param>
public sealed record PagedList<T>(IReadOnlyList<T> Items, long Total, int Page, int PageSize);

/// <summary>A message that asks for one page.</summary>
internal interface IPaged
{
    int Page { get; }

    int PageSize { get; }
}

internal static class Paging
{
    public const int DefaultPageSize = 20;
    public const int MostPageSize = 200;
    public const int MostPage = 10_000_000;

    public static void AddPagingRules<T>(this AbstractValidator<T> validator)
        where T : IPaged
    {
        validator.RuleFor(r => r.Page).InclusiveBetween(1, MostPage);
        validator.RuleFor(r => r.PageSize).InclusiveBetween(1, MostPageSize);
    }

    public static IQueryable<T> PageOf<T>(this IQueryable<T> rows, IPaged request) =>
        rows.Skip((request.Page - 1) * request.PageSize).Take(request.PageSize);

    /// <summary>The same of rows in memory.</summary>
    public static IEnumerable<T> PageOf<T>(this IEnumerable<T> rows, IPaged request) =>
        rows.Skip((request.Page - 1) * request.PageSize).Take(request.PageSize);
}
