namespace Gateway.Infrastructure;

/// <summary>The gateway cannot start, and one line says which setting to mend.</summary>
internal sealed class StartupException(string message) : Exception(message);
