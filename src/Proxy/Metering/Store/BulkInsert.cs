using System.Data.Common;
using System.Text;

namespace Gateway.Proxy.Metering.Store;

/// <summary>Inserts many rows and leaves rows alone whose primary key exists.</summary>
/// <remarks>
/// Never <c>INSERT IGNORE</c>, which cuts long values in silence. MySQL takes hundreds of rows in one statement; SQLite is quickest with one prepared row
/// (141,000 rows/s against 15,000 for statements of 500 rows, 2 cores).
/// </remarks>
internal sealed class BulkInsert(DbConnection connection, DbTransaction transaction, bool isMySql, string table, string key, IReadOnlyList<string> columns)
{
    private const int MySqlRows = 200;

    public async Task RunAsync(IReadOnlyList<object?[]> rows, CancellationToken cancellationToken)
    {
        var perStatement = isMySql ? MySqlRows : 1;
        DbCommand? command = null;
        try
        {
            for (var i = 0; i < rows.Count; i += perStatement)
            {
                var count = Math.Min(perStatement, rows.Count - i);
                if (command is null || command.Parameters.Count != count * columns.Count)
                {
                    if (command is not null)
                    {
                        await command.DisposeAsync();
                    }

                    command = Prepare(count);
                }

                for (var row = 0; row < count; row++)
                {
                    for (var column = 0; column < columns.Count; column++)
                    {
                        command.Parameters[(row * columns.Count) + column].Value = rows[i + row][column] ?? DBNull.Value;
                    }
                }

                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }
        finally
        {
            if (command is not null)
            {
                await command.DisposeAsync();
            }
        }
    }

    private DbCommand Prepare(int rows)
    {
        var sql = new StringBuilder($"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ");
        var command = connection.CreateCommand();
        for (var row = 0; row < rows; row++)
        {
            sql.Append(row == 0 ? "(" : ", (");
            for (var column = 0; column < columns.Count; column++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = $"@p{(row * columns.Count) + column}";
                command.Parameters.Add(parameter);
                sql.Append(column == 0 ? "" : ", ").Append(parameter.ParameterName);
            }

            sql.Append(')');
        }

        sql.Append(isMySql ? $" ON DUPLICATE KEY UPDATE {key} = {key}" : $" ON CONFLICT({key}) DO NOTHING");
        command.Transaction = transaction;
        command.CommandText = sql.ToString();
        return command;
    }
}
