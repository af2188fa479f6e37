using Gateway.Infrastructure;
using Gateway.Proxy.Metering.Pricing;

namespace Gateway.Proxy.Scheduling;

/// <summary>Which models a platform is known to have: those that it has a price for.</summary>
internal sealed class ModelCatalog(PriceDirectory prices)
{
    private static readonly Platform[] Platforms = Enum.GetValues<Platform>();

    /// <summary>Another object whenever a price has changed.</summary>
    public object Snapshot => prices.Book;

    public bool Knows(Platform platform, string model) => prices.Book.Knows(platform, model);

    /// <summary>Whether the model makes vectors and no answers; false as well where nothing is known of it.</summary>
    public bool IsEmbedding(Platform platform, string model) => prices.Book.Find(platform, model, null, DateTime.MaxValue).Prices.Mode == "embedding";

    public bool AnyKnows(string model)
    {
        foreach (var platform in Platforms)
        {
            if (Knows(platform, model))
            {
                return true;
            }
        }

        return false;
    }

    public IEnumerable<string> ModelsOf(Platform platform) => prices.Book.ModelsOf(platform);
}
