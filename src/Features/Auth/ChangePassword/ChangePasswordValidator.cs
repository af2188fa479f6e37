using FluentValidation;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Features.Auth.ChangePassword;

internal sealed class ChangePasswordValidator : AbstractValidator<ChangePasswordRequest>
{
    public ChangePasswordValidator()
    {
        RuleFor(r => r.CurrentPassword).NotEmpty().MaximumLength(User.PasswordMaxLength);
        RuleFor(r => r.NewPassword).Password()
            .NotEqual(r => r.CurrentPassword).WithMessage("Choose another password than the present one.");
    }
}
