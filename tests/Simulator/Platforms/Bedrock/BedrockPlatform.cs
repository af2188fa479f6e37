using System.Text.Json;
using System.Text.RegularExpressions;
using Simulator.Http;

namespace Simulator.Platforms.Bedrock;

/// <summary>AWS Bedrock's runtime: Converse for any model, InvokeModel and token counts for Claude models.</summary>
/// <remarks>Source: Amazon Bedrock API reference and user guide, and errors that users quote in public issues, read 2026-11.</remarks>
internal sealed partial class BedrockPlatform(TimeProvider clock) : ISimulatedPlatform
{
    public bool Owns(ReceivedRequest request) => request.Path.StartsWith("/model/", StringComparison.Ordinal);

    public string? Credential(ReceivedRequest request) => Signature.Credential(request);

    public BenchmarkAnswer Benchmark(BenchmarkOptions options)
    {
        var credential = $"{CredentialPrefix.BedrockApiKey}benchmark";
        var exchange = BenchmarkExchange.Create("/model/amazon.nova-pro-v1%3A0/converse", credential);
        var wire = new BedrockWire(exchange);
        return new BenchmarkAnswer(
            "authorization",
            $"Bearer {credential}",
            wire.Body(new ConverseReply(BenchmarkExchange.Whole, 1, exchange).Whole()),
            [.. new ConverseReply(BenchmarkExchange.Stream(options), 1, exchange).Events().Select(next => wire.Frame(next, crlf: false, isDamaged: false))])
        {
            StreamType = wire.StreamType,
        };
    }

    public WireAnswer Answer(Exchange exchange)
    {
        var wire = new BedrockWire(exchange);
        var request = exchange.Request;
        if ((LeakRules.Check(request, "authorization") ?? Signature.Check(request, clock.GetUtcNow()) ?? Headers(request)) is { } refusal)
        {
            return Refuse(wire, exchange, refusal);
        }

        // On the wire the model is one segment: what stands in it is encoded.
        var call = Call().Match(request.Target);
        if (request.Method != "POST" || !call.Success)
        {
            return Refuse(wire, exchange, new ScriptedError(404) { Type = "UnknownOperationException", Message = "There is no such operation." });
        }

        if (!RequestJson.IsJsonContent(request) || RequestJson.TryParse(request, out _) is not { ValueKind: JsonValueKind.Object } body)
        {
            return Refuse(wire, exchange, new ScriptedError(400) { Type = "SerializationException", Message = "The body is no JSON object." });
        }

        var name = Uri.UnescapeDataString(call.Groups["model"].Value);
        if (BedrockModel.Find(exchange, name) is not { } model)
        {
            return Refuse(wire, exchange, BedrockErrors.Invalid("The provided model identifier is invalid."));
        }

        return call.Groups["operation"].Value switch
        {
            "invoke" when model.Embeds => EmbedEndpoint.Answer(exchange, model, body),
            _ when model.Embeds => Refuse(wire, exchange, BedrockErrors.Invalid("The model does not support this operation.")),
            "converse" => ConverseEndpoint.Answer(exchange, wire, model, body, isStream: false),
            "converse-stream" => ConverseEndpoint.Answer(exchange, wire, model, body, isStream: true),
            "invoke" => InvokeEndpoint.Answer(exchange, model, body, isStream: false),
            "invoke-with-response-stream" => InvokeEndpoint.Answer(exchange, model, body, isStream: true),
            _ => InvokeEndpoint.Count(exchange, model, body),
        };
    }

    /// <summary>A refusal of the platform's rules.</summary>
    public static WireAnswer Refuse(BedrockWire wire, Exchange exchange, ScriptedError error) => BedrockWire.NameError(Reply.Refuse(wire, exchange, error), error);

    /// <summary>A script, whose HTTP error carries the name of its exception.</summary>
    public static WireAnswer Script(BedrockWire wire, ScriptedAnswer script, WireAnswer answer) =>
        script is { Failure: { } error, FailureAfterEvent: null } && !script.Headers.ContainsKey("x-amzn-errortype") ? BedrockWire.NameError(answer, error) : answer;

    /// <summary>What belongs into the body or to another platform is ignored by the real one, which nobody notices.</summary>
    private static ScriptedError? Headers(ReceivedRequest request) =>
        request.Headers.Keys.FirstOrDefault(name => name.StartsWith("anthropic-", StringComparison.OrdinalIgnoreCase)) is { } lost
            ? BedrockErrors.Invalid($"Simulator: the header '{lost}' is ignored here.")
            : request.Query.Length > 0 ? BedrockErrors.Invalid("Simulator: there is no query here.") : null;

    [GeneratedRegex("^/model/(?<model>[^/?]+)/(?<operation>converse|converse-stream|invoke|invoke-with-response-stream|count-tokens)$")]
    private static partial Regex Call();
}
