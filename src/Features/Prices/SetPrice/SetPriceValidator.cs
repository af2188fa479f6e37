using FluentValidation;
using Gateway.Infrastructure.Validation;
using Gateway.Proxy.Metering.Pricing;

namespace Gateway.Features.Prices.SetPrice;

internal sealed class SetPriceValidator : AbstractValidator<SetPriceRequest>
{
    private static readonly DateTime Earliest = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Latest = new DateTime(2200, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddTicks(-1);
    private static readonly UnitPrices NoUnitPrices = new();

    public SetPriceValidator()
    {
        RuleFor(r => r.Model).Label(TextRules.ModelMaxLength);
        RuleFor(r => r.EffectiveFrom).InclusiveBetween(Earliest, Latest).WithMessage("Must be from 2000-01-01 to 2199-12-31.");
        RuleFor(r => r.ContextWindow).GreaterThan(0);
        RuleFor(r => r.MaxOutputTokens).GreaterThan(0);
        RuleFor(r => r.Prices).NotNull().Custom(Check);
    }

    private static void Check(PriceSet? prices, ValidationContext<SetPriceRequest> context)
    {
        if (prices is null)
        {
            return;
        }

        foreach (var problem in PriceRules.CheckSet(prices))
        {
            context.AddFailure($"{nameof(SetPriceRequest.Prices)}.{problem.Field}", $"It {problem.Message}.");
        }

        if (prices.Input is null && (prices.PerUnit is null || prices.PerUnit == NoUnitPrices))
        {
            context.AddFailure(
                $"{nameof(SetPriceRequest.Prices)}.{nameof(prices.Input)}",
                "It is needed, because it stands in for prices that are absent; 0 is free. Only a model with prices 'per_unit' may do without it.");
        }
    }
}
