namespace Gateway.Infrastructure;

internal static class ConfigurationValues
{
    /// <summary>A list in appsettings.json, or in environment variables with <c>__0</c>, <c>__1</c>; in one environment variable separated by commas.</summary>
    public static string[] Values(this IConfiguration configuration, string setting)
    {
        var section = configuration.GetSection(setting);
        var listed = section.GetChildren().Select(child => child.Value ?? "").ToArray();
        return listed.Length > 0 ? listed : (section.Value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
