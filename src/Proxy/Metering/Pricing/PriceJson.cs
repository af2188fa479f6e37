using System.Text.Json.Serialization;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>Prices as the management API and the database write them: snake_case, absent where null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModelPrices))]
[JsonSerializable(typeof(PriceFileNames))]
internal sealed partial class PriceJson : JsonSerializerContext;
