using FluentValidation;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Time;

namespace Gateway.Infrastructure.Validation;

internal sealed class SubscriptionValidator : AbstractValidator<Subscription>
{
    public SubscriptionValidator()
    {
        RuleFor(s => s.Period).OneOf("day", "week", "month");
        RuleFor(s => s.LimitUsd).Usd();
        RuleFor(s => s.TimeZone).Must(name => TimeZones.TryFind(name, out _)).WithMessage("Must be an IANA time zone, such as UTC or Europe/Berlin.");
        RuleFor(s => s.WeekStarts).OneOf("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday");
        RuleFor(s => s.EndsAt).Must((s, end) => end is null || s.StartsAt is null || s.StartsAt < end).WithMessage("Must be later than starts_at.");
    }
}
