using System.Reflection;
using Carter;
using FluentValidation;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Errors;
using Gateway.Proxy.Access;
using MediatR;

namespace Gateway.Tests.Architecture;

/// <summary>The shape of a slice. Each test first asserts that it found something to check.</summary>
public sealed class SliceTests
{
    private const string Features = "Gateway.Features.";

    private static readonly Type[] All = typeof(Program).Assembly.GetTypes();

    private static readonly Type[] Messages =
        [.. All.Where(type => type is { IsAbstract: false, IsInterface: false } && type.GetInterfaces().Any(contract => Is(contract, typeof(IRequest<>))))];

    [Fact]
    public void Every_message_says_who_may_send_it()
    {
        Messages.ShouldNotBeEmpty();

        Messages.Where(message => Gates(message) != 1).Select(message => message.FullName).ShouldBeEmpty();

        static int Gates(Type message) => new[] { typeof(IRequireRole), typeof(IRequireApiKey), typeof(IAllowAnyone) }.Count(gate => gate.IsAssignableFrom(message));
    }

    [Fact]
    public void Only_logging_in_is_open_to_anyone() =>
        Messages.Where(typeof(IAllowAnyone).IsAssignableFrom).Select(message => message.Name).ShouldBe(["LoginRequest"]);

    [Fact]
    public void Every_message_has_its_endpoint_and_its_handler_in_its_own_slice()
    {
        foreach (var message in Messages)
        {
            message.Namespace!.ShouldStartWith(Features);
            message.Name.ShouldEndWith("Request");
            message.Name[..^"Request".Length].ShouldBe(message.Namespace!.Split('.')[^1]);
            All.Count(type => type.Namespace == message.Namespace && typeof(ICarterModule).IsAssignableFrom(type)).ShouldBe(1, message.FullName);
            All.Count(type => type.Namespace == message.Namespace && type.GetInterfaces().Any(contract => IsHandlerOf(contract, message))).ShouldBe(1, message.FullName);
        }

        static bool IsHandlerOf(Type contract, Type message) => Is(contract, typeof(IRequestHandler<,>)) && contract.GetGenericArguments()[0] == message;
    }

    [Fact]
    public void Every_message_with_something_to_check_has_a_validator()
    {
        var unchecked_ = Messages
            .Where(message => typeof(IRequireRole).IsAssignableFrom(message) || typeof(IAllowAnyone).IsAssignableFrom(message))
            .Where(message => message.GetConstructors().Max(constructor => constructor.GetParameters().Count(parameter => parameter.Name != "Id")) > 0)
            .Where(message => !All.Any(type => type.Namespace == message.Namespace && typeof(IValidator<>).MakeGenericType(message).IsAssignableFrom(type)))
            .Select(message => message.FullName);

        unchecked_.ShouldBeEmpty();
    }

    [Fact]
    public void Every_endpoint_handler_is_public_so_that_the_document_has_its_summary()
    {
        var modules = All.Where(type => type is { IsAbstract: false } && typeof(ICarterModule).IsAssignableFrom(type)).ToArray();
        modules.ShouldNotBeEmpty();

        modules.Where(module => module.GetMethod("Handle", BindingFlags.Public | BindingFlags.Static) is null).Select(module => module.FullName).ShouldBeEmpty();
    }

    [Fact]
    public void No_slice_uses_another_slice()
    {
        var slices = All.Where(type => type.Namespace?.StartsWith(Features, StringComparison.Ordinal) == true && type.Namespace.Split('.').Length >= 4).ToArray();
        slices.ShouldNotBeEmpty();

        foreach (var type in slices)
        {
            Uses(type).Where(used => IsOtherSlice(type.Namespace!, used.Namespace)).Select(used => $"{type} uses {used}").ShouldBeEmpty();
        }

        // What an area shares lies directly in the area; another area's is another slice's.
        static bool IsOtherSlice(string own, string? other) =>
            other?.StartsWith(Features, StringComparison.Ordinal) == true && other != own && !own.StartsWith(other + ".", StringComparison.Ordinal);
    }

    [Fact]
    public void Infrastructure_uses_nothing_above_it()
    {
        var infrastructure = All.Where(type => type.Namespace?.StartsWith("Gateway.Infrastructure", StringComparison.Ordinal) == true).ToArray();
        infrastructure.ShouldNotBeEmpty();

        foreach (var type in infrastructure)
        {
            Uses(type).Where(used => used.Namespace?.StartsWith("Gateway.Proxy", StringComparison.Ordinal) == true
                || used.Namespace?.StartsWith("Gateway.Features", StringComparison.Ordinal) == true).Select(used => $"{type} uses {used}").ShouldBeEmpty();
        }
    }

    [Fact]
    public void The_proxy_uses_no_slice()
    {
        var proxy = All.Where(type => type.Namespace?.StartsWith("Gateway.Proxy", StringComparison.Ordinal) == true).ToArray();
        proxy.ShouldNotBeEmpty();

        foreach (var type in proxy)
        {
            Uses(type).Where(used => used.Namespace?.StartsWith("Gateway.Features", StringComparison.Ordinal) == true).Select(used => $"{type} uses {used}").ShouldBeEmpty();
        }
    }

    [Fact]
    public void Only_what_clients_see_is_public()
    {
        var seen = new HashSet<Type>();
        foreach (var handle in All.Where(typeof(ICarterModule).IsAssignableFrom).SelectMany(module => module.GetMethods(BindingFlags.Public | BindingFlags.Static)))
        {
            Add(handle.ReturnType);
            Array.ForEach(handle.GetParameters(), parameter => Add(parameter.ParameterType));
        }

        foreach (var message in Messages)
        {
            Add(message);
        }

        // What every reply is wrapped in.
        Add(typeof(Envelope<>));
        Add(typeof(ErrorEnvelope));

        // By its names only; but theories, which are public, take it as a parameter.
        Add(typeof(Platform));
        seen.Count.ShouldBeGreaterThan(50);

        All.Where(type => type is { IsPublic: true, IsNested: false } && !seen.Contains(type) && !IsMadeByTools(type)).Select(type => type.FullName).ShouldBeEmpty();

        // What endpoints take and give, messages and what they answer, and the types of their public members: all of it is in the document.
        void Add(Type type)
        {
            foreach (var argument in type.GetGenericArguments())
            {
                Add(argument);
            }

            type = type.HasElementType ? type.GetElementType()! : type.IsGenericType ? type.GetGenericTypeDefinition() : type;
            if (type.Assembly != typeof(Program).Assembly || type.IsGenericParameter || !seen.Add(type))
            {
                return;
            }

            foreach (var contract in type.GetInterfaces().Where(contract => Is(contract, typeof(IRequest<>))))
            {
                Add(contract.GetGenericArguments()[0]);
            }

            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                Add(property.PropertyType);
            }

            if (type.BaseType is { } parent)
            {
                Add(parent);
            }
        }

        // Migrations are public because dotnet-ef writes them so.
        static bool IsMadeByTools(Type type) =>
            type == typeof(Program) || type.Namespace?.StartsWith("Gateway.Infrastructure.Persistence.Migrations", StringComparison.Ordinal) == true;
    }

    private static bool Is(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;

    /// <summary>The types that a type's members, bases and method bodies name.</summary>
    private static IEnumerable<Type> Uses(Type type) => TypeUses.Of(type);
}
