using System.Text.Json.Serialization;
using Gateway.Infrastructure.Auth;
using Gateway.Proxy.Metering.Pricing;
using MediatR;

namespace Gateway.Features.Prices.SetPrice;

/// <summary>
/// Sets what a model costs on a platform from a moment on, whether or not a price for it is shipped. The name may contain slashes, raw or as
/// <c>%2F</c>, and counts without regard to case. Entries are never changed: a price holds until a later entry's moment, and what was charged
/// before stays as it was charged.
/// </summary>
/// <param name="Prices">All prices of the model, replaced whole: 0 to 1,000,000 US dollars per 1,000,000 tokens. <c>input</c> stands in for prices that are absent, so only a model with prices <c>per_unit</c> may do without it.</param>
/// <param name="EffectiveFrom">The first moment at which they count, 2000-01-01 to 2199-12-31; may be past, which changes no charge that was made. Absent: now.</param>
/// <param name="ContextWindow">The most input tokens that the model accepts, from 1; absent: as shipped.</param>
/// <param name="MaxOutputTokens">The most output tokens that the model gives, from 1; absent: as shipped.</param>
public sealed record SetPriceRequest(PriceSet Prices, DateTime? EffectiveFrom = null, long? ContextWindow = null, long? MaxOutputTokens = null)
    : IRequest<Result<PriceEntry>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;

    [JsonIgnore]
    internal string Platform { get; init; } = "";

    [JsonIgnore]
    internal string Model { get; init; } = "";
}
