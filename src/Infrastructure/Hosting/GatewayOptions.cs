using System.Net;

namespace Gateway.Infrastructure.Hosting;

/// <summary>Section <c>Gateway</c> of the start-up configuration, checked before anything starts.</summary>
internal sealed class GatewayOptions
{
    public string DataDirectory { get; set; } = "data";

    public string AdminUsername { get; set; } = "admin";

    /// <summary>Counts only while no administrator exists. Null: one is generated and printed once.</summary>
    public string? AdminPassword { get; set; }

    public int JwtLifetimeMinutes { get; set; } = 720;

    public string? MasterKeyFile { get; set; }

    /// <summary>How long open streams may go on after a stop signal; null: 4 after SIGINT, 120 after SIGTERM.</summary>
    public int? DrainSeconds { get; set; }

    public int MaxBodyMb { get; set; } = 32;

    /// <summary>Checked already, used from a later version on.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>A client that comes when so many are connected is turned away at once. Each open stream is one.</summary>
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>CIDR ranges of reverse proxies whose <c>X-Forwarded-*</c> headers count.</summary>
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>Used from a later version on.</summary>
    public string? MetricsToken { get; set; }

    /// <exception cref="StartupException">A setting has a value that cannot work; the message names it and what is accepted.</exception>
    public static GatewayOptions Read(IConfiguration configuration)
    {
        GatewayOptions options;
        try
        {
            options = configuration.GetSection("Gateway").Get<GatewayOptions>() ?? new GatewayOptions();
        }
        catch (InvalidOperationException exception)
        {
            // For instance "Failed to convert configuration value 'x' at 'Gateway:MaxBodyMb' to type 'System.Int32'."
            throw new StartupException(exception.Message);
        }

        options.TrustedProxies = configuration.Values("Gateway:TrustedProxies");
        options.Check();
        return options;
    }

    private void Check()
    {
        Require(AdminPassword is null || AdminPassword.Length is >= 12 and <= 128, "Gateway:AdminPassword", "must have 12 to 128 characters");
        Require(AdminUsername.Length is > 0 and <= 64 && !AdminUsername.Any(char.IsControl), "Gateway:AdminUsername", "must have 1 to 64 characters");
        Require(JwtLifetimeMinutes is >= 1 and <= 43_200, "Gateway:JwtLifetimeMinutes", "must be between 1 and 43200");
        Require(DrainSeconds is null or (>= 0 and <= 3600), "Gateway:DrainSeconds", "must be between 0 and 3600");
        Require(MaxBodyMb is >= 1 and <= 1024, "Gateway:MaxBodyMb", "must be between 1 and 1024");
        Require(
            PublicUrl is null || (Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"),
            "Gateway:PublicUrl",
            "must be an http or https address");
        Require(MaxConnections is >= 1 and <= 1_000_000, "Gateway:MaxConnections", "must be between 1 and 1000000");
        foreach (var range in TrustedProxies)
        {
            Require(IPNetwork.TryParse(range, out _), "Gateway:TrustedProxies", $"'{range}' is not a CIDR range such as 10.0.0.0/8");
        }
    }

    private static void Require(bool holds, string setting, string accepted)
    {
        if (!holds)
        {
            throw new StartupException($"{setting} {accepted}.");
        }
    }
}
