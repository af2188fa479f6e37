namespace Gateway.Infrastructure.Persistence.Entities;

/// <summary>What happened to one request of a valid key, whether or not it reached an upstream.</summary>
internal sealed class RequestLog
{
    public const int UserAgentMaxLength = 200;
    public const int ErrorMessageMaxLength = 1000;

    public required byte[] RequestId { get; set; }

    public DateTime CreatedAtUtc { get; set; }

    public long ApiKeyId { get; set; }

    public long UserId { get; set; }

    /// <summary>The account of the last attempt; null when none was tried.</summary>
    public long? AccountId { get; set; }

    public Platform? Platform { get; set; }

    public string? Model { get; set; }

    public string? UpstreamModel { get; set; }

    public required string ClientFormat { get; set; }

    public required string Endpoint { get; set; }

    public bool Stream { get; set; }

    public int HttpStatus { get; set; }

    /// <summary>Failure kind in snake_case (protocols' neutral kinds); null for success.</summary>
    public string? ErrorKind { get; set; }

    public string? ErrorMessage { get; set; }

    public int Attempts { get; set; }

    /// <summary>JSON: each attempt's account, upstream status, kind and duration, and why the account was chosen.</summary>
    public string? Trace { get; set; }

    public long DurationMs { get; set; }

    public long? FirstTokenMs { get; set; }

    public required string ClientIp { get; set; }

    public string? UserAgent { get; set; }
}
