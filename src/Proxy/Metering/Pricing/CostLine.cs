namespace Gateway.Proxy.Metering.Pricing;

/// <summary>One line of a request's price computation.</summary>
/// <param name="Bucket">What was counted, such as <c>cache_read</c>; no token is in two buckets.</param>
/// <param name="Quantity">How many.</param>
/// <param name="RateUsd">US dollars per <paramref name="RatePer"/>, multipliers included.</param>
/// <param name="RatePer">1,000,000 for tokens, 1 for calls.</param>
/// <param name="AmountUsd">The product, not rounded.</param>
/// <param name="IsExact">False when the price was missing and another, or none, stands in.</param>
internal readonly record struct CostLine(string Bucket, long Quantity, decimal RateUsd, long RatePer, decimal AmountUsd, bool IsExact);
