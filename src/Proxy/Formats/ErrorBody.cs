using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>Reads the value of <c>error</c>, at which the reader stands.</summary>
internal delegate Failure ReadError(ref Utf8JsonReader reader);

/// <summary>
/// The body of a refusal: an object with an <c>error</c> member, whatever else is in it, or an array around it. What stands before a platform has only a
/// <c>message</c> (Azure's API management: <c>{"statusCode":401,"message":"…"}</c>).
/// </summary>
internal static class ErrorBody
{
    public static Failure Read(ReadOnlySpan<byte> body, ReadError readError)
    {
        string? message = null;
        try
        {
            var reader = new Utf8JsonReader(body);
            var depth = 1;
            while (reader.Read())
            {
                if (reader is { TokenType: JsonTokenType.StartArray, CurrentDepth: 0 })
                {
                    depth = 2;
                }
                else if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == depth && reader.ValueTextEquals("error"u8))
                {
                    reader.Read();
                    return readError(ref reader);
                }
                else if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == depth && reader.ValueTextEquals("message"u8))
                {
                    reader.Read();
                    message = reader.TokenType == JsonTokenType.String ? reader.GetString() : message;
                }
            }
        }
        catch (Exception exception) when (AnswerReader.IsOddJson(exception))
        {
            // A proxy's HTML page, or a body that was cut: the status says enough.
        }

        return new Failure(FailureKind.Server, message ?? "The upstream refused the request without a readable reason.");
    }
}
