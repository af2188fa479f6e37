using FluentValidation;

namespace Gateway.Features.ApiKeys.CreateApiKey;

internal sealed class CreateApiKeyValidator : AbstractValidator<CreateApiKeyRequest>
{
    public CreateApiKeyValidator(TimeProvider clock)
    {
        Include(new ApiKeyFieldsValidator());
        RuleFor(r => r.Name).Must(name => name.IsSet).WithMessage("Required.");
        RuleFor(r => r.ExpiresAt.Value).Must(time => time is null || time > clock.GetUtcNow().UtcDateTime).WithMessage("Must lie in the future.");
    }
}
