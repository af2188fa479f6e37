using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>Prices as the shipped files write them: the same types as elsewhere, in camelCase.</summary>
internal static class PriceFileJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        TypeInfoResolver = PriceJson.Default.WithAddedModifier(UseFileNames),
    };

    public static JsonTypeInfo<ModelPrices> Prices { get; } = (JsonTypeInfo<ModelPrices>)Options.GetTypeInfo(typeof(ModelPrices));

    public static JsonTypeInfo<PriceFileNames> Names { get; } = (JsonTypeInfo<PriceFileNames>)Options.GetTypeInfo(typeof(PriceFileNames));

    /// <summary>Names given by attribute do not follow the naming policy.</summary>
    private static void UseFileNames(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            property.Name = property.Name switch
            {
                "cache_write_5m" => "cacheWrite5m",
                "cache_write_1h" => "cacheWrite1h",
                var name => name,
            };
        }
    }
}
