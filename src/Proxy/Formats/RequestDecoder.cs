using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>Reads one request of a client into neutral words. The body has passed the inspector, so its policy members have their types.</summary>
internal abstract class RequestDecoder
{
    private Failure? _refusal;

    /// <returns>Null: the request holds something that only its own format can carry; <paramref name="failure"/> names it.</returns>
    protected NeutralRequest? Run(JsonElement body, out Failure? failure)
    {
        NeutralRequest? request = null;
        try
        {
            request = Read(body);
        }
        catch (InvalidOperationException)
        {
            // A string with a lone surrogate, which the inspector lets nobody send, or a number that is none.
            _refusal ??= new Failure(FailureKind.InvalidRequest, "The body could not be read.");
        }

        failure = _refusal;
        return failure is null ? request : null;
    }

    protected abstract NeutralRequest Read(JsonElement body);

    /// <summary>A level of reasoning by its name; one that nobody knows is refused.</summary>
    protected Effort? ReadEffort(string? name, string field)
    {
        var effort = Efforts.Parse(name);
        if (name is not null && effort is null)
        {
            Refuse(field, $"must be one of: {Efforts.All}");
        }

        return effort;
    }

    /// <param name="field">As the client calls it.</param>
    /// <param name="problem">Continues the field's name.</param>
    protected void Refuse(string field, string problem) => _refusal ??= Failure.Invalid(field, $"'{field}' {problem}.");

    protected void RefuseUnsupported(string field) => Refuse(field, "is not supported by the platform that serves this model");
}
