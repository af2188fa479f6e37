namespace Gateway.Proxy.Metering.Pricing;

/// <summary>A price that cannot be right.</summary>
/// <param name="Field">The member's path in the JSON of prices, such as <c>flex.long_context.input</c>.</param>
/// <param name="Message">What it must be.</param>
internal readonly record struct PriceProblem(string Field, string Message);

/// <summary>What every set of prices must keep to, shipped or entered by an operator.</summary>
internal static class PriceRules
{
    /// <summary>A dollar per token: over a thousand times the dearest model, so more is a slip of the unit.</summary>
    public const decimal MaxUsdPerMillion = 1_000_000m;

    public const decimal MaxUsdPerUnit = 1_000m;

    public const decimal MaxMultiplier = 100m;

    /// <returns>Every problem; empty when the prices can be used.</returns>
    public static IReadOnlyList<PriceProblem> Check(ModelPrices prices)
    {
        var problems = CheckSet(prices);
        CheckTokens("context_window", prices.ContextWindow, problems);
        CheckTokens("max_output_tokens", prices.MaxOutputTokens, problems);
        return problems;
    }

    /// <summary>The same for prices alone.</summary>
    public static List<PriceProblem> CheckSet(PriceSet prices)
    {
        var problems = new List<PriceProblem>();
        CheckRates("", prices, problems);
        CheckLongContext("", prices.LongContext, problems);
        CheckTier("batch.", prices.Batch, problems);
        CheckTier("priority.", prices.Priority, problems);
        CheckTier("flex.", prices.Flex, problems);
        CheckUnits(prices.PerUnit, problems);
        CheckMultiplier("fast", prices.Multipliers?.Fast, problems);
        CheckMultiplier("us", prices.Multipliers?.Us, problems);
        CheckMultiplier("eu", prices.Multipliers?.Eu, problems);
        return problems;
    }

    private static void CheckTier(string path, TierRates? tier, List<PriceProblem> problems)
    {
        if (tier is not null)
        {
            CheckRates(path, tier, problems);
            CheckLongContext(path, tier.LongContext, problems);
        }
    }

    private static void CheckLongContext(string path, LongContextRates? rates, List<PriceProblem> problems)
    {
        if (rates is not null)
        {
            CheckRates(path + "long_context.", rates, problems);
            CheckTokens(path + "long_context.threshold_tokens", rates.ThresholdTokens, problems);
        }
    }

    private static void CheckRates(string path, PriceRates rates, List<PriceProblem> problems)
    {
        foreach (var kind in RateKinds.All)
        {
            if (rates.Of(kind) is < 0 or > MaxUsdPerMillion)
            {
                problems.Add(new(path + kind.Name(), $"must be between 0 and {MaxUsdPerMillion} US dollars per 1,000,000 tokens"));
            }
        }
    }

    private static void CheckUnits(UnitPrices? units, List<PriceProblem> problems)
    {
        if (units is null)
        {
            return;
        }

        CheckUnit("image_input", units.ImageInput, problems);
        CheckUnit("image_output", units.ImageOutput, problems);
        CheckUnit("character_input", units.CharacterInput, problems);
        CheckUnit("character_output", units.CharacterOutput, problems);
        CheckUnit("second_input", units.SecondInput, problems);
        CheckUnit("second_output", units.SecondOutput, problems);
        CheckUnit("audio_second_input", units.AudioSecondInput, problems);
        CheckUnit("video_second_input", units.VideoSecondInput, problems);
        CheckUnit("video_second_output", units.VideoSecondOutput, problems);
        CheckUnit("query", units.Query, problems);
        CheckUnit("web_search", units.WebSearch, problems);
    }

    private static void CheckUnit(string name, decimal? usd, List<PriceProblem> problems)
    {
        if (usd is < 0 or > MaxUsdPerUnit)
        {
            problems.Add(new("per_unit." + name, $"must be between 0 and {MaxUsdPerUnit} US dollars per unit"));
        }
    }

    private static void CheckMultiplier(string name, decimal? factor, List<PriceProblem> problems)
    {
        if (factor is <= 0 or > MaxMultiplier)
        {
            problems.Add(new("multipliers." + name, $"must be above 0 and at most {MaxMultiplier}"));
        }
    }

    private static void CheckTokens(string field, long? tokens, List<PriceProblem> problems)
    {
        if (tokens is < 1)
        {
            problems.Add(new(field, "must be at least 1"));
        }
    }
}
