using Microsoft.AspNetCore.Connections;

namespace Gateway.Infrastructure;

/// <summary>The gateway cannot start, and one line says which setting to mend.</summary>
internal sealed class StartupException(string message) : Exception(message)
{
    /// <summary>The line for a failure that whoever starts the gateway can mend; null: a fault of the program.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        StartupException => exception.Message,

        // The framework's own words name the file, with the line of the fault in its cause.
        InvalidDataException { InnerException: FormatException fault } => OneLine($"{exception.Message} {fault.InnerException?.Message ?? fault.Message}"),
        IOException { InnerException: AddressInUseException } => OneLine($"{exception.Message} Stop that program, or set URLS to another address."),
        _ => null,
    };

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
