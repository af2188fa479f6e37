using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Gateway.Benchmarks.Reports;

/// <summary>What figures cannot be read without: when, on what, and whether it was a build to be measured.</summary>
internal static class Surroundings
{
    private const string LoadAveragePath = "/proc/loadavg";

    public static string Describe()
    {
        var configuration = Assembly.Load("Gateway").GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "unknown";
        var warning = configuration == "Release" ? "" : $"\n\n**A {configuration} build: its figures say nothing. Run it with `-c Release`.**";
        var load = File.Exists(LoadAveragePath) ? $", load average {File.ReadAllText(LoadAveragePath).Split(' ')[0]} at the start" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores{load}, {RuntimeInformation.FrameworkDescription}, {configuration} build.{warning}");
    }
}
