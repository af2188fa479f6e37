using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Infrastructure.Pipeline;

internal static class KnownQuery
{
    /// <summary>Answers 400 to query parameters that the message does not have: a misspelt filter would select everything.</summary>
    /// <typeparam name="TRequest">A record that the endpoint binds with <c>[AsParameters]</c>, or one without parameters.</typeparam>
    public static RouteHandlerBuilder RefuseUnknownQuery<TRequest>(this RouteHandlerBuilder endpoint)
    {
        var known = typeof(TRequest).GetConstructors()
            .SelectMany(constructor => constructor.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<FromQueryAttribute>()?.Name)
            .OfType<string>()
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        var advice = known.Count == 0 ? "There are none here." : $"There are: {string.Join(", ", known.Order(StringComparer.Ordinal))}.";
        return endpoint.AddEndpointFilter((context, next) =>
        {
            var unknown = context.HttpContext.Request.Query.Keys.Where(name => !known.Contains(name))
                .ToDictionary(name => name, _ => (string[])[$"There is no such parameter. {advice}"]);
            return unknown.Count == 0
                ? next(context)
                : ValueTask.FromResult<object?>(new Reply<Nothing>(GatewayError.Invalid(unknown)));
        });
    }
}
