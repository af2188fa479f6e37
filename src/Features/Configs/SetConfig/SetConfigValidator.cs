using System.Text.Json;
using FluentValidation;

namespace Gateway.Features.Configs.SetConfig;

internal sealed class SetConfigValidator : AbstractValidator<SetConfigRequest>
{
    public SetConfigValidator() =>
        RuleFor(r => r.Value).Must(value => value.ValueKind != JsonValueKind.Undefined).WithMessage("Send the new value.");
}
