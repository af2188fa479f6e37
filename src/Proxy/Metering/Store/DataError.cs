using System.Data.Common;
using Microsoft.Data.Sqlite;
using MySqlConnector;

namespace Gateway.Proxy.Metering.Store;

/// <summary>Tells a row that the database will never take from a database that is away, full or busy.</summary>
internal static class DataError
{
    // https://www.sqlite.org/rescode.html (read 2026-11): 1 is every error without a code of its own, a sum beyond 64 bits among them.
    private const int SqliteError = 1;
    private const int SqliteTooBig = 18;
    private const int SqliteConstraint = 19;
    private const int SqliteMismatch = 20;

    // Classes of SQLSTATE: 22 is data that does not fit, 23 a constraint.
    public static bool Is(DbException exception) => exception switch
    {
        SqliteException { SqliteErrorCode: SqliteTooBig or SqliteConstraint or SqliteMismatch } => true,
        SqliteException { SqliteErrorCode: SqliteError } sqlite => sqlite.Message.Contains("overflow", StringComparison.Ordinal),
        MySqlException { ErrorCode: MySqlErrorCode.TruncatedWrongValueForField or MySqlErrorCode.WarningDataTruncated } => true,
        MySqlException { SqlState: { } state } => state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal),
        _ => false,
    };
}
