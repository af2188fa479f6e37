using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Hosting;
using Gateway.Infrastructure.Http;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Access;
using Gateway.Proxy.Errors;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.Claude;
using Gateway.Proxy.Formats.Gemini;
using Gateway.Proxy.Formats.GeminiEmbeddings;
using Gateway.Proxy.Formats.OpenAiChat;
using Gateway.Proxy.Formats.OpenAiEmbeddings;
using Gateway.Proxy.Formats.OpenAiResponses;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Metering.Limits;
using Gateway.Proxy.Metering.Pricing;
using Gateway.Proxy.Metering.Queries;
using Gateway.Proxy.Metering.Rerating;
using Gateway.Proxy.Metering.Spool;
using Gateway.Proxy.Metering.Store;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Platforms.Azure;
using Gateway.Proxy.Platforms.Bedrock;
using Gateway.Proxy.Platforms.Capabilities;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Scheduling.Concurrency;
using Gateway.Proxy.Scheduling.Sessions;
using Gateway.Proxy.Scheduling.Signatures;
using Gateway.Proxy.Streaming;
using Gateway.Proxy.Tokens;
using MediatR;

namespace Gateway.Proxy;

internal static class ProxyRegistration
{
    /// <exception cref="Infrastructure.StartupException">A setting of the proxy cannot work.</exception>
    public static IServiceCollection AddProxy(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddUpstreamHttp(configuration);
        services.Configure<RouteOptions>(routes => routes.SetParameterPolicy<PathEndConstraint>(PathEndConstraint.Name));
        services.AddSingleton(PlatformCatalogue.Read(configuration));
        services.AddSingleton<CredentialReader>();
        services.AddSingleton(EntraOptions.Read(configuration));
        services.AddSingleton<EntraTokens>();
        services.AddScoped(typeof(IPipelineBehavior<,>), typeof(ApiKeyBehavior<,>));
        services.AddSingleton<CallRunner>();
        services.AddSingleton<Forwarder>();
        services.AddSingleton<StoredResponses>();
        services.AddSingleton<ResponseBindings>();
        services.AddHostedService(provider => provider.GetRequiredService<ResponseBindings>());
        services.AddSingleton<CapabilityTable>();
        services.AddSingleton<RequestConverter>();
        services.AddSingleton<TokenEstimator>();
        services.AddSingleton(provider => MediaFetcher.Create(UpstreamOptions.ReadMediaFetch(configuration), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<TokenCountFallback>();
        services.AddSingleton<AnswerRelay>();
        services.AddSingleton<StreamRelay>();
        services.AddSingleton<BodyRelay>();
        services.AddSingleton<ClientWriter>();
        services.AddSingleton<AccountProbe>();
        services.AddSingleton<IClientErrorWriter, ErrorWriter>();
        services.AddSingleton<ApiKeyAuthenticator>();
        services.AddSingleton<RejectedRequests>();

        services.AddSingleton<OpenAiChatFormat>();
        services.AddSingleton<ResponsesFormat>();
        services.AddSingleton<ClaudeFormat>();
        services.AddSingleton<GeminiFormat>();
        services.AddSingleton<GeminiArrayFormat>();
        services.AddSingleton<OpenAiEmbeddingFormat>();
        services.AddSingleton<GeminiEmbeddingFormat>();
        services.AddSingleton<GeminiEmbeddingBatchFormat>();
        services.AddSingleton<ModelClients>();
        services.AddSingleton<AdapterRegistry>();
        foreach (var adapter in PlatformCatalogue.Adapters)
        {
            services.AddSingleton(typeof(IPlatformAdapter), adapter);
        }

        services.AddSingleton<AmbientCredentials>();
        services.AddSingleton<OAuthClient>();
        services.AddSingleton<OAuthLogins>();
        services.AddSingleton<PendingTokens>();
        services.AddSingleton<TokenStore>();
        services.AddSingleton<TokenRenewal>();
        services.AddSingleton<TokenRefresher>();
        services.AddSingleton<IStartupStep>(provider => provider.GetRequiredService<TokenRefresher>());
        services.AddHostedService(provider => provider.GetRequiredService<TokenRefresher>());

        services.AddSingleton<Cooldowns>();
        services.AddSingleton<CooldownSharing>();
        services.AddSingleton<IStartupStep>(provider => provider.GetRequiredService<CooldownSharing>());
        services.AddHostedService(provider => provider.GetRequiredService<CooldownSharing>());
        services.AddSingleton<ConcurrencySlots>();
        services.AddHostedService(provider => provider.GetRequiredService<ConcurrencySlots>());
        services.AddCachedArea<SessionAffinity>();
        services.AddSingleton<SignatureOwners>();
        services.AddSingleton<AnswerBindings>();
        services.AddSingleton<Admission>();
        services.AddSingleton<Scheduler>();
        services.AddSingleton<LoadSharing>();
        services.AddHostedService(provider => provider.GetRequiredService<LoadSharing>());
        services.AddSingleton<ModelRouter>();
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<ReachableModels>();
        services.AddSingleton<UpstreamAccountFactory>();
        services.AddSingleton<IAccountHealth, AccountHealthReader>();
        services.AddCachedArea<AccountDirectory>();
        services.AddCachedArea<AliasDirectory>();
        services.AddMetering();
        return services;
    }

    private static void AddMetering(this IServiceCollection services)
    {
        services.AddCachedArea<PriceDirectory>();
        services.AddSingleton<UsageSpool>();
        services.AddSingleton<SpoolDelivery>();
        services.AddSingleton<IStartupStep>(provider => provider.GetRequiredService<SpoolDelivery>());
        services.AddSingleton(provider => new UsageQueue(
            provider.GetRequiredService<RedisConnection>(),
            id => provider.GetRequiredService<ApiKeyDirectory>().Find(id) is { } key ? KeyLimits.Of(key.Terms) : LimitSet.None));
        services.AddSingleton<LimitCounters>();
        services.AddSingleton<RequestNeeds>();
        services.AddSingleton<OfflineAllowance>();
        services.AddSingleton<KeyReservations>();
        services.AddSingleton<AccountReservations>();
        services.AddHostedService(provider => provider.GetRequiredService<AccountReservations>());
        services.AddSingleton<Reservations>();
        services.AddHostedService(provider => provider.GetRequiredService<Reservations>());
        services.AddHostedService<RedisLoss>();
        services.AddSingleton<UsageRerating>();
        services.AddSingleton<RerateJobs>();
        services.AddHostedService(provider => provider.GetRequiredService<RerateJobs>());
        services.AddSingleton<RefusedUsage>();
        services.AddSingleton<UsageStore>();
        services.AddSingleton<LogRetention>();
        services.AddSingleton<UsageTotalsCheck>();
        services.AddSingleton<UsageSync>();
        services.AddSingleton<UnsyncedUsage>();
        services.AddScoped<RequestList>();
        services.AddSingleton<KeySpending>();

        // Services stop in reverse order: the server, then the meter, then the last sync.
        services.AddHostedService<SpoolUpkeep>();
        services.AddHostedService<FinalSync>();
        services.AddSingleton<Meter>();
        services.AddHostedService(provider => provider.GetRequiredService<Meter>());
    }
}
