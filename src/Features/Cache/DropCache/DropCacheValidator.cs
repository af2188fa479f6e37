using FluentValidation;

namespace Gateway.Features.Cache.DropCache;

internal sealed class DropCacheValidator : AbstractValidator<DropCacheRequest>
{
    public DropCacheValidator() => RuleFor(r => r.Area).NotEmpty();
}
