namespace Gateway.Proxy.Metering.Pricing;

/// <summary>The members of an entry of a price file that say what it prices; the others are <see cref="ModelPrices"/>.</summary>
internal sealed record PriceFileNames
{
    public required string Model { get; init; }

    public required string[] Platforms { get; init; }

    public string[]? Aliases { get; init; }

    public DateOnly? Deprecated { get; init; }
}
