using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateway.Proxy.Formats;

internal static class JsonText
{
    /// <summary>Relaxed escaping: otherwise Chinese text would double in size.</summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A JSON string with its quotes.</summary>
    public static byte[] Quote(string text) =>
        System.Text.Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"");
}
