using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Net.Http.Headers;

namespace Gateway.Infrastructure.Hosting;

internal static class WebRegistration
{
    public static IServiceCollection AddGatewayCors(this IServiceCollection services, IConfiguration configuration)
    {
        var origins = configuration.Values("Cors:AllowedOrigins");
        foreach (var origin in origins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.PathAndQuery != "/")
            {
                throw new StartupException($"Cors:AllowedOrigins: '{origin}' is not an origin such as https://console.example.com.");
            }
        }

        return services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(origins)
            .AllowAnyHeader()
            .AllowAnyMethod()
            .WithExposedHeaders(RequestIds.Header, "retry-after", "x-gateway-dropped")
            .SetPreflightMaxAge(TimeSpan.FromMinutes(10))));
    }

    /// <summary>Believes <c>X-Forwarded-*</c> only from the configured proxies; from everyone else the headers mean nothing.</summary>
    public static void UseTrustedProxies(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<GatewayOptions>();
        if (options.TrustedProxies.Length == 0)
        {
            return;
        }

        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        forwarded.KnownIPNetworks.Clear();
        forwarded.KnownProxies.Clear();
        foreach (var range in options.TrustedProxies)
        {
            forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(range));
        }

        app.UseForwardedHeaders(forwarded);
    }

    /// <summary>JSON is UTF-8 (RFC 8259): a body that says it is something else is not read.</summary>
    public static void UseUtf8Bodies(this WebApplication app) => app.Use((http, next) =>
        MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) && type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            ? http.WriteErrorAsync(new GatewayError(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", $"The body's charset is '{type.Charset}': send JSON in UTF-8."))
            : next(http));

    /// <summary>Management bodies are small; only what goes to a model may be as large as <c>Gateway:MaxBodyMb</c>.</summary>
    public static void UseBodyLimits(this WebApplication app)
    {
        const long MostManagementBytes = 1024 * 1024;
        app.Use((http, next) =>
        {
            if (Surfaces.Of(http.Request.Path) == Surface.Management
                && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = MostManagementBytes;
            }

            return next(http);
        });
    }

    /// <summary>Answers 503 until everything is loaded. While the gateway stops, what still comes in is served: <c>/readyz</c> tells load balancers to send no more.</summary>
    public static void UseReadiness(this WebApplication app)
    {
        var readiness = app.Services.GetRequiredService<Readiness>();
        app.Use((http, next) =>
        {
            if (readiness.IsStarted || http.GetEndpoint()?.Metadata.GetMetadata<AlwaysAnswers>() is not null)
            {
                return next(http);
            }

            return http.WriteErrorAsync(GatewayError.Unavailable("The gateway is starting.", TimeSpan.FromSeconds(1)));
        });
    }
}

/// <summary>Marks an endpoint that answers before the gateway is ready.</summary>
internal sealed class AlwaysAnswers
{
    public static readonly AlwaysAnswers Metadata = new();
}
