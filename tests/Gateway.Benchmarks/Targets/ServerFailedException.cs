namespace Gateway.Benchmarks.Targets;

/// <summary>A server did not start, ended by itself, or refused to be set up.</summary>
internal sealed class ServerFailedException(string message) : Exception(message);
