using FluentValidation;
using Gateway.Infrastructure.Json;
using MediatR;

namespace Gateway.Infrastructure.Pipeline;

/// <summary>Runs a message's validators; the failure names the JSON fields.</summary>
internal sealed class ValidationBehavior<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
    where TResponse : IFailable<TResponse>
{
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        Dictionary<string, string[]>? fields = null;
        foreach (var validator in validators)
        {
            var result = validator.Validate(request);
            if (!result.IsValid)
            {
                fields ??= [];
                foreach (var group in result.Errors.GroupBy(failure => JsonNames.Path(failure.PropertyName)))
                {
                    fields[group.Key] = [.. group.Select(failure => failure.ErrorMessage).Distinct()];
                }
            }
        }

        return fields is null ? next() : Task.FromResult(TResponse.Fail(GatewayError.Invalid(fields)));
    }
}
