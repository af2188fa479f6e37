namespace Gateway.Tests.Support;

/// <summary>Tests that build: not beside others, whose time limits do not reckon with a compiler on every core.</summary>
[CollectionDefinition(nameof(BuildsAlone), DisableParallelization = true)]
public sealed class BuildsAlone;
