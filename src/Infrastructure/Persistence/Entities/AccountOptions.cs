using System.Text.Json;

namespace Gateway.Infrastructure.Persistence.Entities;

/// <summary>Rarely needed settings of an account. Stored as JSON.</summary>
/// <param name="Profile">Bedrock inference profile: <c>us</c>, <c>eu</c>, <c>apac</c>, <c>jp</c>, <c>au</c>, <c>global</c> or <c>none</c>.</param>
/// <param name="TokenEncoding">How a token refresh is sent: <c>json</c> or <c>form</c>.</param>
/// <param name="ChatUpstream">
/// Which OpenAI door requests use: <c>chat</c> (the server may have no other), <c>responses</c>, or <c>auto</c>: the client's own, but responses for what
/// chat completions refuse.
/// </param>
/// <param name="Capabilities">Overrides of model capabilities, by model pattern.</param>
public sealed record AccountOptions(
    string? Profile = null,
    string? TokenEncoding = null,
    string? ChatUpstream = null,
    IReadOnlyDictionary<string, JsonElement>? Capabilities = null);
