using FluentValidation;
using Gateway.Infrastructure.Auth;

namespace Gateway.Features.Users.CreateUser;

internal sealed class CreateUserValidator : AbstractValidator<CreateUserRequest>
{
    public CreateUserValidator()
    {
        RuleFor(r => r.Username).Username();
        RuleFor(r => r.Password).Password();
        RuleFor(r => r.Role).RoleName();
        RuleFor(r => r.Email).Email();
        RuleFor(r => r.KeyDefaults!).SetValidator(new KeyDefaultsValidator());
    }
}
