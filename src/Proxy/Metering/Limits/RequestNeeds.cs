using Gateway.Infrastructure.Configs;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Metering.Pricing;

namespace Gateway.Proxy.Metering.Limits;

/// <summary>What a request may come to use at most, before anybody has seen its answer.</summary>
internal sealed class RequestNeeds(PriceDirectory prices, DynamicConfigs configs)
{
    // Fewer than any common text has, so that the estimate is rather too high. No tokenizer before the first byte: it would cost more than all the rest.
    private const int BytesPerToken = 3;

    // Beyond any model's, and small enough to be reckoned with.
    private const long MostTokens = 1_000_000_000;

    /// <summary>One amount for each rule that concerns the request.</summary>
    public List<ReservedAmount> Of(ProxyCall call, IReadOnlyList<LimitRule> rules)
    {
        var amounts = new List<ReservedAmount>(rules.Count);
        long? cost = null, tokens = null;
        foreach (var rule in rules)
        {
            if (!rule.Counts(call.Route!.Model))
            {
                continue;
            }

            var need = rule.Measure switch
            {
                LimitMeasure.Usd => cost ??= CostOf(call),
                LimitMeasure.Tokens => Math.Min(tokens ??= TokensOf(call), rule.Limit), // Else one that could never fit would wait for ever.
                _ => 1,
            };
            amounts.Add(new ReservedAmount(rule, rule.WindowAt(call.CreatedAtUtc), need));
        }

        return amounts;
    }

    /// <summary>The same for an account that may serve the request, at list price.</summary>
    /// <param name="now">When it is asked: an account's minute is that of the attempt, its day, as in all sums, that of the request.</param>
    public List<ReservedAmount> Of(ProxyCall call, PricedModel model, IReadOnlyList<LimitRule> rules, DateTime now)
    {
        var amounts = new List<ReservedAmount>(rules.Count);
        foreach (var rule in rules)
        {
            var need = rule.Measure switch
            {
                LimitMeasure.Cost => CostOf(call, model),
                LimitMeasure.Tokens => Math.Min(TokensOf(call), rule.Limit),
                _ => 1,
            };
            amounts.Add(new ReservedAmount(rule, rule.WindowAt(rule.IsFleeting ? now : call.CreatedAtUtc), need));
        }

        return amounts;
    }

    private long TokensOf(ProxyCall call) => InputOf(call.Request) + OutputOf(call, null);

    /// <summary>By the dearest of the accounts that may come to serve it, as the key is billed, in nano-USD.</summary>
    private long CostOf(ProxyCall call)
    {
        var dearest = 0L;
        foreach (var model in call.Route!.PricedModels)
        {
            dearest = Math.Max(dearest, CostOf(call, model));
        }

        return CostCalculator.Billed(dearest, call.Key.RateMultiplier);
    }

    private long CostOf(ProxyCall call, PricedModel model)
    {
        var quote = prices.Quote(model, call.CreatedAtUtc);
        var terms = new ServiceTerms(call.Request.ServiceTier, call.Request.Speed, call.Request.Geo);
        return quote.Refused ? 0 : CostCalculator.MaxCostNanoUsd(quote, InputOf(call.Request), OutputOf(call, quote), terms);
    }

    private static long InputOf(InspectedRequest request) =>
        ((request.TextBytes + BytesPerToken - 1) / BytesPerToken) + (request.Images * UsageEstimate.TokensPerImage) + (request.Documents * UsageEstimate.TokensPerDocument);

    private long OutputOf(ProxyCall call, PriceQuote? quote)
    {
        if (call.Operation == Operation.Embed)
        {
            return 0;
        }

        var most = call.Request.MaxOutputTokens ?? configs.Get(MeteringSettings.UnstatedOutputTokens);
        return Math.Min(Math.Min(most, quote?.Prices.MaxOutputTokens ?? most), MostTokens) * Math.Max(1, call.Request.Choices);
    }
}
