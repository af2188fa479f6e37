using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Secrets;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Infrastructure.Auth;

internal static class AuthRegistration
{
    private static readonly string[] OutOfScope =
        ["/v1/completions", "/v1/images", "/v1/audio", "/v1/files", "/v1/batches", "/v1/realtime", "/v1/assistants", "/v1/threads", "/v1/fine_tuning", "/v1/uploads", "/v1/vector_stores"];

    /// <summary>
    /// Log-in tokens for the management API. Every endpoint that does not say otherwise demands one (fallback policy), so a forgotten attribute locks
    /// a door instead of opening it. There is no default scheme: a proxied request never pays for looking at a log-in token.
    /// </summary>
    public static IServiceCollection AddGatewayAuth(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddScoped<CurrentUser>();
        services.AddScoped<ICurrentUser>(provider => provider.GetRequiredService<CurrentUser>());
        services.AddSingleton<Passwords>();
        services.AddSingleton<JwtIssuer>();
        services.AddSingleton<LoginThrottle>();
        services.AddCachedArea<ApiKeyDirectory>();
        services.AddAuthentication().AddJwtBearer();

        // Log-in tokens are signed with our own ring: nothing here uses Data Protection, so its key files are not made either.
        foreach (var service in services.Where(service => service.ImplementationType?.Name == "DataProtectionHostedService").ToArray())
        {
            services.Remove(service);
        }

        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, ConfigureJwt>();
        services.AddAuthorizationBuilder().SetFallbackPolicy(
            new AuthorizationPolicyBuilder(JwtBearerDefaults.AuthenticationScheme).RequireAuthenticatedUser().Build());
        return services;
    }

    /// <summary>Guards every route. What is no route (404, 405, 415) has nothing to guard, and says what it is to everyone.</summary>
    /// <remarks>Not inside <c>UseWhen</c>: WebApplication looks for both on its own pipeline, and adds them before everything else when they are not there.</remarks>
    public static void UseGatewayAuth(this WebApplication app)
    {
        app.Use((http, next) => http.GetEndpoint() switch
        {
            RouteEndpoint => next(http),
            { RequestDelegate: { } refuse } => refuse(http),
            _ => http.WriteErrorAsync(NotFound(http.Request)),
        });
        app.UseAuthentication();
        app.UseAuthorization();
        app.Use((http, next) => RouteRoles.LeastRole(http.GetEndpoint()!) is { } least && least > http.RequestServices.GetRequiredService<ICurrentUser>().Role
            ? http.WriteErrorAsync(AuthorizationErrors.NotAdmin)
            : next(http));
    }

    private static GatewayError NotFound(HttpRequest request) => GatewayError.NotFound(Array.Exists(OutOfScope, path => request.Path.StartsWithSegments(path))
        ? $"{request.Method} {request.Path} is no part of this gateway: it offers chat completions, responses, messages, embeddings, Gemini contents and models. The API is described at /docs."
        : $"There is nothing at {request.Method} {request.Path}. The API is described at /docs.");

    private sealed class ConfigureJwt(SecretRing ring, TimeProvider clock) : IConfigureNamedOptions<JwtBearerOptions>
    {
        private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

        public void Configure(JwtBearerOptions options) => Configure(JwtBearerDefaults.AuthenticationScheme, options);

        public void Configure(string? name, JwtBearerOptions options)
        {
            options.MapInboundClaims = false;
            options.TokenValidationParameters = new TokenValidationParameters
            {
                ValidIssuer = JwtIssuer.Issuer,
                ValidAudience = JwtIssuer.Audience,
                ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
                RequireExpirationTime = true,
                RequireSignedTokens = true,
                TryAllIssuerSigningKeys = false,
                NameClaimType = JwtClaims.Username,
                RoleClaimType = JwtClaims.Role,
                IssuerSigningKeyResolver = (_, _, kid, _) => ring.Find(kid ?? "") is { Purpose: SecretPurpose.Jwt } key
                    ? [new SymmetricSecurityKey(key.Material) { KeyId = key.Id }]
                    : [],
                LifetimeValidator = (notBefore, expires, _, _) =>
                    expires is { } end && clock.GetUtcNow().UtcDateTime < end + Skew
                    && (notBefore is not { } start || clock.GetUtcNow().UtcDateTime >= start - Skew),
            };
            options.Events = new JwtBearerEvents
            {
                OnTokenValidated = JwtChecks.OnTokenValidatedAsync,
                OnChallenge = JwtChecks.OnChallengeAsync,
                OnForbidden = JwtChecks.OnForbiddenAsync,
            };
        }
    }
}
