using Gateway.Infrastructure.Json;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>Prices in US dollars per one unit of what is not counted in tokens.</summary>
[OmitNulls]
public sealed record UnitPrices
{
    /// <summary>One image in the input.</summary>
    public decimal? ImageInput { get; init; }

    /// <summary>One image in the output.</summary>
    public decimal? ImageOutput { get; init; }

    /// <summary>One character in the input.</summary>
    public decimal? CharacterInput { get; init; }

    /// <summary>One character in the output.</summary>
    public decimal? CharacterOutput { get; init; }

    /// <summary>One second of input.</summary>
    public decimal? SecondInput { get; init; }

    /// <summary>One second of output.</summary>
    public decimal? SecondOutput { get; init; }

    /// <summary>One second of audio in the input.</summary>
    public decimal? AudioSecondInput { get; init; }

    /// <summary>One second of video in the input.</summary>
    public decimal? VideoSecondInput { get; init; }

    /// <summary>One second of video in the output.</summary>
    public decimal? VideoSecondOutput { get; init; }

    /// <summary>One query to a reranking model.</summary>
    public decimal? Query { get; init; }

    /// <summary>One web search that the platform ran for the answer.</summary>
    public decimal? WebSearch { get; init; }
}
