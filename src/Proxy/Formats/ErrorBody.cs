using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>Reads the value of <c>error</c>, at which the reader stands.</summary>
internal delegate Failure ReadError(ref Utf8JsonReader reader);

/// <summary>The body of a refusal: an object with an <c>error</c> member, whatever else is in it, or an array around it.</summary>
internal static class ErrorBody
{
    public static Failure Read(ReadOnlySpan<byte> body, ReadError readError)
    {
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
            }
        }
        catch (Exception exception) when (AnswerReader.IsOddJson(exception))
        {
            // A proxy's HTML page, or a body that was cut: the status says enough.
        }

        return new Failure(FailureKind.Server, "The upstream refused the request without a readable reason.");
    }
}
