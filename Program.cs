using Carter;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Hosting;
using Gateway.Infrastructure.Hosting.Verbs;
using Gateway.Infrastructure.Json;
using Gateway.Infrastructure.OpenApi;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Pipeline;
using Gateway.Infrastructure.Redis;
using Gateway.Infrastructure.Telemetry;
using Gateway.Proxy;

try
{
    if (VerbRunner.IsVerb(args))
    {
        return await VerbRunner.RunAsync(args, CreateBuilder);
    }

    var builder = CreateBuilder(args);
    builder.AddTelemetry();

    var app = builder.Build();
    app.PrepareStart();                                       // data directory, master key: before anything needs them
    app.UseDynamicLogLevels();
    app.UseBrokenAnswers();
    app.UseRequestIds();
    app.UseRequestLogging();
    app.UseTrustedProxies();
    app.UseGatewayErrors();
    app.UseBodyLimits();
    app.UseUtf8Bodies();
    app.UseRouting();
    app.UseCors();
    app.UseReadiness();                                       // 503 until everything is loaded
    app.UseGatewayAuth();
    app.MapHealth();                                          // /healthz, /readyz
    app.MapGatewayOpenApi();                                  // /openapi/v1.json, /docs
    app.MapCarter();                                          // every slice
    await app.RunAsync();
    return Environment.ExitCode;
}
catch (Exception exception) when (StartupException.Explain(exception) is { } reason)
{
    await Console.Error.WriteLineAsync(reason);
    return 1;
}

static WebApplicationBuilder CreateBuilder(string[] args)
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddGatewayHosting();                              // options, data directory, start, signals
    builder.Services.AddPersistence(builder.Configuration);   // migrates while starting, with retry
    builder.Services.AddRedis();
    builder.Services.AddGatewayAuth();
    builder.Services.AddGatewayErrors();
    builder.Services.AddGatewayCors(builder.Configuration);
    builder.Services.AddManagementJson();
    builder.Services.AddGatewayOpenApi();
    builder.Services.AddSlices();                             // endpoints, handlers, validators, behaviours: one scan
    builder.Services.AddProxy(builder.Configuration);         // adapters, scheduling, metering, connection pools
    return builder;
}
