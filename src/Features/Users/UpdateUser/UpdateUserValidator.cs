using FluentValidation;
using Gateway.Infrastructure.Auth;

namespace Gateway.Features.Users.UpdateUser;

internal sealed class UpdateUserValidator : AbstractValidator<UpdateUserRequest>
{
    public UpdateUserValidator()
    {
        RuleFor(r => r.Username.Value).Username().When(r => r.Username.IsSet);
        RuleFor(r => r.Password.Value).Password().When(r => r.Password.IsSet);
        RuleFor(r => r.Role.Value).RoleName().When(r => r.Role.IsSet);
        RuleFor(r => r.Email.Value).Email();
        RuleFor(r => r.KeyDefaults.Value).NotNull().WithMessage("Must not be null: {} has the defaults.").When(r => r.KeyDefaults.IsSet);
        RuleFor(r => r.KeyDefaults.Value).SetValidator(new KeyDefaultsValidator());
    }
}
