namespace Gateway.Tests.Support;

/// <summary>Tests that load the machine to its limit themselves: beside others, the time limits of what they test would be met.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
