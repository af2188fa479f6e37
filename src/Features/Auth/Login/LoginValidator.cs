using FluentValidation;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Features.Auth.Login;

internal sealed class LoginValidator : AbstractValidator<LoginRequest>
{
    public LoginValidator()
    {
        RuleFor(r => r.Username).NotEmpty().MaximumLength(User.UsernameMaxLength);
        RuleFor(r => r.Password).NotEmpty().MaximumLength(User.PasswordMaxLength);
    }
}
