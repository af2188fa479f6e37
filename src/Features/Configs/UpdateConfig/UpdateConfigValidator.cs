using System.Text.Json;
using FluentValidation;

namespace Gateway.Features.Configs.UpdateConfig;

internal sealed class UpdateConfigValidator : AbstractValidator<UpdateConfigRequest>
{
    public UpdateConfigValidator() =>
        RuleFor(r => r.Value).Must(value => value.ValueKind != JsonValueKind.Undefined).WithMessage("Send the new value.");
}
