using Gateway.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Infrastructure.Caching;

internal static class ReadableRows
{
    /// <summary>All rows but those whose stored form cannot be read: one of them must not take the others with it.</summary>
    /// <param name="rows">Rows with a numeric key <c>Id</c>.</param>
    /// <param name="unreadable">Told the id and the failure of each that cannot.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<List<T>> ToReadableListAsync<T>(this IQueryable<T> rows, Action<long, Exception> unreadable, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await rows.ToListAsync(cancellationToken);
        }
        catch (Exception exception) when (IsAboutARow(exception))
        {
            return await OneByOneAsync(rows, unreadable, cancellationToken);
        }
    }

    /// <summary>Whether an exception is about what is stored, not about reaching it.</summary>
    public static bool IsAboutARow(Exception exception) => exception is not OperationCanceledException && DatabaseFailure.Of(exception) is null;

    // Which row it was the failure of the whole does not say.
    private static async Task<List<T>> OneByOneAsync<T>(IQueryable<T> rows, Action<long, Exception> unreadable, CancellationToken cancellationToken)
        where T : class
    {
        var readable = new List<T>();
        foreach (var id in await rows.Select(row => EF.Property<long>(row, "Id")).ToListAsync(cancellationToken))
        {
            try
            {
                readable.AddRange(await rows.Where(row => EF.Property<long>(row, "Id") == id).ToListAsync(cancellationToken));
            }
            catch (Exception exception) when (IsAboutARow(exception))
            {
                unreadable(id, exception);
            }
        }

        return readable;
    }
}
