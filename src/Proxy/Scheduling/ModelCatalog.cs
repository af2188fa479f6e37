using Gateway.Infrastructure;

namespace Gateway.Proxy.Scheduling;

/// <summary>Which models a platform is known to have.</summary>
internal sealed class ModelCatalog
{
    public bool Knows(Platform platform, string model) => platform == Platform.Claude ? model.StartsWith("claude", StringComparison.Ordinal) : model.StartsWith("gpt", StringComparison.Ordinal);

    public bool AnyKnows(string model) => PlatformNames.All.Any(name => Knows(PlatformNames.Parse(name), model));
}
