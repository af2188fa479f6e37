using System.Text.Json;

namespace Gateway.Proxy.Formats;

/// <summary>How a format asks for the number of tokens of a request, and says it.</summary>
internal abstract class TokenCounting
{
    /// <param name="request">The request whose tokens are counted, as the format's encoder wrote it.</param>
    /// <param name="model">As the platform names it.</param>
    public abstract void WriteRequest(Utf8JsonWriter writer, JsonElement request, string model);

    /// <returns>Null: it is no count.</returns>
    public abstract long? ReadAnswer(JsonElement answer);

    public abstract void WriteAnswer(Utf8JsonWriter writer, long tokens);

    /// <summary>An object with those of the request's members that count.</summary>
    protected static void WriteMembers(Utf8JsonWriter writer, JsonElement request, string[] names)
    {
        writer.WriteStartObject();
        foreach (var member in request.EnumerateObject().Where(member => names.Contains(member.Name, StringComparer.Ordinal)))
        {
            member.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}
