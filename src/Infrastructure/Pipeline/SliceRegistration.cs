using Carter;
using FluentValidation;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Jobs;
using MediatR;

namespace Gateway.Infrastructure.Pipeline;

internal static class SliceRegistration
{
    /// <summary>Finds everything that slices declare: endpoints, handlers, validators, settings, scheduled tasks. One scan, at start-up.</summary>
    public static IServiceCollection AddSlices(this IServiceCollection services)
    {
        services.AddScoped<ServiceFactory>(provider => provider.GetService!);
        services.AddScoped<IMediator, Mediator>();
        services.AddScoped(typeof(IPipelineBehavior<,>), typeof(LoggingBehavior<,>));
        services.AddScoped(typeof(IPipelineBehavior<,>), typeof(AuthorizationBehavior<,>));
        services.AddScoped(typeof(IPipelineBehavior<,>), typeof(ValidationBehavior<,>));
        services.Scan(scan => scan.FromAssemblyOf<Program>()
            .AddClasses(classes => classes.AssignableTo(typeof(IRequestHandler<,>)), publicOnly: false).AsImplementedInterfaces().WithScopedLifetime()
            .AddClasses(classes => classes.AssignableTo(typeof(IValidator<>)), publicOnly: false).AsImplementedInterfaces().WithSingletonLifetime()
            .AddClasses(classes => classes.AssignableTo<IHaveSettings>(), publicOnly: false).As<IHaveSettings>().WithSingletonLifetime()
            .AddClasses(classes => classes.AssignableTo<IScheduledTask>(), publicOnly: false).As<IScheduledTask>().WithSingletonLifetime());
        services.AddCachedArea<DynamicConfigs>();
        services.AddHostedService<JobRunner>();

        // Carter's own scan skips internal modules, and its validators would be registered twice.
        var modules = typeof(Program).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(ICarterModule)))
            .ToArray();
        services.AddCarter(configurator: carter => carter.WithModules(modules).WithEmptyValidators());
        return services;
    }
}
