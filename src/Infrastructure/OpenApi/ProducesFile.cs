namespace Gateway.Infrastructure.OpenApi;

/// <summary>Endpoint metadata: besides its reply in the envelope, the endpoint can answer 200 with a file.</summary>
internal sealed record ProducesFile(string ContentType);
