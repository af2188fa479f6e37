using Gateway.Infrastructure.Json;
using Microsoft.Net.Http.Headers;

namespace Gateway.Infrastructure;

/// <summary>The optional precondition of an update: the <c>updated_at</c> of the thing as the caller has read it.</summary>
internal static class IfMatch
{
    /// <summary>What the OpenAPI document says of the header.</summary>
    public const string Description = "The updated_at that you have read, in quotes: the change is refused with 409 if there was another one since.";

    /// <param name="header">The header as it was sent; null: no precondition.</param>
    /// <param name="updatedAtUtc">When the thing was last changed, read under a lock.</param>
    /// <returns>The refusal, or null when the update may go on.</returns>
    public static GatewayError? Check(string? header, DateTime updatedAtUtc)
    {
        if (string.IsNullOrEmpty(header) || (EntityTagHeaderValue.TryParseList([header], out var tags) && tags.Any(tag => Matches(tag, updatedAtUtc))))
        {
            return null;
        }

        return GatewayError.Conflict(
            "It was changed since you read it: read it again and retry. The header is If-Match: \"<updated_at>\", in quotes.", "stale");
    }

    // Compared as times: a client may have parsed and rewritten what it read. A weak tag never matches (RFC 9110, section 13.1.1).
    private static bool Matches(EntityTagHeaderValue tag, DateTime updatedAtUtc) =>
        tag == EntityTagHeaderValue.Any
        || (!tag.IsWeak && UtcTimeConverter.TryParse(tag.Tag.Subsegment(1, tag.Tag.Length - 2).Value, out var read) && read == updatedAtUtc);
}
