namespace Gateway.Infrastructure.Paging;

/// <summary>One page of a list that is too long to be numbered.</summary>
/// <param name="Items">The rows of this page, newest first.</param>
/// <param name="NextCursor">Send it as <c>cursor</c>, with the same filters, to get the next page; null: this is the last one.</param>
public sealed record CursorList<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>The same inside the gateway.</summary>
/// <param name="Last">Id of the last row, if there are more behind it.</param>
internal sealed record CursorPage<T>(IReadOnlyList<T> Items, Guid? Last);
