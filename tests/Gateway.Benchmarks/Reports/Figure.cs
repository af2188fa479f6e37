using System.Globalization;

namespace Gateway.Benchmarks.Reports;

/// <summary>A number as it is printed.</summary>
internal static class Figure
{
    public const string None = "–";

    public static string Write(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? None;
}
