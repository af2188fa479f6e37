using FluentValidation;

namespace Gateway.Features.ApiKeys.UpdateApiKey;

internal sealed class UpdateApiKeyValidator : AbstractValidator<UpdateApiKeyRequest>
{
    public UpdateApiKeyValidator() => Include(new ApiKeyFieldsValidator());
}
