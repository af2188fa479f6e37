using System.Data.Common;
using Gateway.Proxy.Metering.Store;

namespace Gateway.Proxy.Metering.Queries;

/// <summary>A statement that is put together from pieces. Every value becomes a parameter.</summary>
internal sealed class SqlText
{
    private readonly List<object> _values = [];

    /// <summary>The statement, with the names that <see cref="Value"/> gave.</summary>
    public string Text { get; set; } = "";

    /// <summary>Takes a value and returns what stands for it in the text. A <see cref="Guid"/> is a request id.</summary>
    public string Value(object value)
    {
        _values.Add(value is Guid id ? RequestKey.Of(id) : value);
        return $"@p{_values.Count - 1}";
    }

    /// <summary>Takes values and returns a list of what stands for them, in parentheses.</summary>
    public string Values(IEnumerable<object> values) => $"({string.Join(", ", values.Select(Value))})";

    public DbParameter[] ParametersFor(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        return [.. _values.Select((value, index) =>
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{index}";
            parameter.Value = value;
            return parameter;
        })];
    }
}
