using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Infrastructure.Persistence;

internal static class DatabaseFailure
{
    /// <summary>What the database said; null: it was something else that failed.</summary>
    /// <remarks>
    /// EF Core wraps a failure to write, and its MySQL provider wraps whatever could pass by itself, such as a refused connection, in an
    /// <see cref="InvalidOperationException"/> that advises to switch on retries.
    /// </remarks>
    public static DbException? Of(Exception exception) => exception switch
    {
        DbException failure => failure,
        DbUpdateException or InvalidOperationException => exception.InnerException is { } inner ? Of(inner) : null,
        _ => null,
    };
}
