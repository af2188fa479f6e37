using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Simulator.Http;
using Simulator.Platforms.OpenAi;

namespace Simulator.Platforms.Azure;

/// <summary>Azure OpenAI in both styles of address, and the token endpoint of Microsoft Entra ID.</summary>
/// <remarks>
/// Source: Azure OpenAI REST reference and API lifecycle page, and errors that users quote in public issues, read 2026-11. An account's models are its
/// deployments.
/// </remarks>
internal sealed partial class AzurePlatform : ISimulatedPlatform
{
    private const string Root = "/openai/";
    private const string V1 = "/openai/v1/";
    private const string Benchmarked = $"{CredentialPrefix.Azure}benchmark";

    public bool Owns(ReceivedRequest request) => request.Path.StartsWith(Root, StringComparison.Ordinal) || TokenEndpoint.Owns(request);

    public string? Credential(ReceivedRequest request) => TokenEndpoint.Owns(request) ? TokenEndpoint.Credential(request) : AzureCredential.Read(request);

    public BenchmarkAnswer Benchmark(BenchmarkOptions options) => ChatBenchmark.Create(options) with { Header = AzureCredential.KeyHeader, Value = Benchmarked };

    public WireAnswer Answer(Exchange exchange)
    {
        if (TokenEndpoint.Owns(exchange.Request))
        {
            return TokenEndpoint.Answer(exchange);
        }

        var wire = new AzureWire(exchange);
        if ((LeakRules.Check(exchange.Request, AzureCredential.KeyHeader, "authorization") ?? AzureCredential.Check(exchange)) is { } refusal)
        {
            return Reply.Refuse(wire, exchange, refusal);
        }

        return Route(exchange, wire) ?? Reply.Refuse(wire, exchange, new ScriptedError(404) { Code = "404", Message = "Resource not found" });
    }

    /// <returns>Null: there is nothing at the address.</returns>
    private static WireAnswer? Route(Exchange exchange, AzureWire wire)
    {
        var path = exchange.Request.Path;
        var version = QueryHelpers.ParseQuery(exchange.Request.Query).TryGetValue("api-version", out var values) ? values.ToString() : null;
        if (path.StartsWith(V1, StringComparison.Ordinal))
        {
            return version is null or "preview" or "latest" ? Deployed(exchange, wire, null, path[V1.Length..]) : null;
        }

        if (version is null || !Dated().IsMatch(version))
        {
            return null;
        }

        var deployment = Deployment().Match(path);
        return deployment.Success ? Deployed(exchange, wire, deployment.Groups["name"].Value, deployment.Groups["operation"].Value)
            : path[Root.Length..] is "responses" || path.StartsWith(Root + "responses/", StringComparison.Ordinal) ? Deployed(exchange, wire, null, path[Root.Length..])
            : null;
    }

    /// <param name="named">The deployment in the address; null: the body names it.</param>
    private static WireAnswer? Deployed(Exchange exchange, AzureWire wire, string? named, string operation)
    {
        var inBody = exchange.Request.Method == "POST" && RequestJson.TryParse(exchange.Request, out _) is { } body ? body.Text("model") : null;
        if (named is not null && inBody is not null && inBody != named)
        {
            return Reply.Refuse(wire, exchange, new ScriptedError(400) { Code = "BadRequest", Message = $"Simulator: the body names '{inBody}' and the address '{named}'." });
        }

        return (named ?? inBody) is { } deployment && OpenAiModel.Find(exchange, deployment) is null
            ? Reply.Refuse(wire, exchange, new ScriptedError(404))
            : OpenAiEndpoints.Answer(exchange, wire, operation);
    }

    [GeneratedRegex(@"^20\d\d-[01]\d-[0-3]\d(-preview)?$")]
    private static partial Regex Dated();

    [GeneratedRegex("^/openai/deployments/(?<name>[^/]+)/(?<operation>chat/completions|embeddings)$")]
    private static partial Regex Deployment();
}
