using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Gateway.Features.Usage.ListUsageRecords;

/// <summary>Writes rows as RFC 4180, with the columns that the JSON of a row has, by the same names and in the same order.</summary>
internal sealed class CsvWriter<T>
{
    // A spreadsheet takes a text that begins so for a formula (OWASP, CSV Injection, read 2026-11).
    private static readonly SearchValues<char> FormulaStarts = SearchValues.Create("=+-@\t\r");
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    private readonly IBufferWriter<byte> _output;
    private readonly JsonPropertyInfo[] _columns;
    private readonly StringBuilder _line = new();

    /// <param name="showsConditional">Whether to have columns that the JSON of some callers lacks.</param>
    public CsvWriter(IBufferWriter<byte> output, JsonSerializerOptions json, bool showsConditional)
    {
        _output = output;
        _columns = [.. json.GetTypeInfo(typeof(T)).Properties.Where(property => showsConditional || property.ShouldSerialize is null)];
    }

    public void WriteHeader() => WriteLine(_columns.Select(column => column.Name));

    public void WriteRow(T row) => WriteLine(_columns.Select(column => Cell(column.Get!(row!))));

    private void WriteLine(IEnumerable<string> cells)
    {
        _line.Clear().AppendJoin(',', cells).Append("\r\n");
        Encoding.UTF8.GetBytes(_line.ToString(), _output);
    }

    private static string Cell(object? value) => value switch
    {
        null => "",
        string text => Escape(text),
        bool flag => flag ? "true" : "false",
        DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Escape(string text)
    {
        var cell = text.Length > 0 && FormulaStarts.Contains(text[0]) ? $"'{text}" : text;
        return cell.AsSpan().ContainsAny(Quoted) ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
    }
}
