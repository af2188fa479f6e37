using System.Text.Json.Serialization;

namespace Gateway.Infrastructure.Errors;

/// <summary>What every successful reply of the management API is wrapped in.</summary>
/// <param name="Code">Always 0.</param>
/// <param name="Message">Always <c>success</c>.</param>
/// <param name="Data">The reply itself.</param>
public sealed record Envelope<T>(int Code, string Message, T Data)
    where T : notnull;

/// <summary>What every failure of the management API looks like.</summary>
/// <param name="Code">The HTTP status.</param>
/// <param name="Message">What was wrong and what would mend it.</param>
/// <param name="Error">Stable name of the failure.</param>
/// <param name="Errors">Messages by field of the request, when fields are at fault.</param>
public sealed record ErrorEnvelope(
    int Code,
    string Message,
    string Error,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string[]>? Errors = null);
