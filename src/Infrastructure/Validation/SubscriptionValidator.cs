using System.Text.RegularExpressions;
using FluentValidation;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Infrastructure.Validation;

internal sealed partial class SubscriptionValidator : AbstractValidator<Subscription>
{
    public SubscriptionValidator()
    {
        RuleFor(s => s.Period).OneOf("day", "week", "month");
        RuleFor(s => s.LimitUsd).Usd();
        RuleFor(s => s.TimeZone).Must(IsTimeZone).WithMessage("Must be an IANA time zone, such as UTC or Europe/Berlin.");
        RuleFor(s => s.WeekStarts).OneOf("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday");
        RuleFor(s => s.EndsAt).Must((s, end) => end is null || s.StartsAt is null || s.StartsAt < end).WithMessage("Must be later than starts_at.");
    }

    // The system looks a name up as a file below its folder of time zones, so only names of that form are let through.
    private static bool IsTimeZone(string? name) => name is not null && ZoneName().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out _);

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_+-]{0,31}(/[A-Za-z0-9][A-Za-z0-9_+-]{0,31}){0,2}\z")]
    private static partial Regex ZoneName();
}
