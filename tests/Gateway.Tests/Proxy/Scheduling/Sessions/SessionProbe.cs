using System.Text;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.Claude;
using Gateway.Proxy.Formats.Gemini;
using Gateway.Proxy.Formats.OpenAiChat;
using Gateway.Proxy.Formats.OpenAiResponses;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Scheduling.Sessions;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Proxy.Scheduling.Sessions;

/// <summary>Finds the key of a request as a client writes it.</summary>
internal static class SessionProbe
{
    public const string Model = "claude-opus-5";

    public static readonly ClientFormat Claude = new ClaudeFormat();
    public static readonly ClientFormat Chat = new OpenAiChatFormat();
    public static readonly ClientFormat Responses = new ResponsesFormat();
    public static readonly ClientFormat Gemini = new GeminiFormat();

    public static SessionKey? Find(
        ClientFormat format, string body, IHeaderDictionary? headers = null, long apiKeyId = 1, string model = Model, Operation operation = Operation.Generate)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        RequestInspector.Inspect(bytes, format.Shape(operation), out var request, new AddressedModel(model)).ShouldBeNull();
        return SessionKey.Of(apiKeyId, model, format.Name, headers ?? new HeaderDictionary(), request, bytes);
    }

    public static HeaderDictionary Headers(params IEnumerable<(string Name, string Value)> headers)
    {
        var result = new HeaderDictionary();
        foreach (var (name, value) in headers)
        {
            result.Append(name, value);
        }

        return result;
    }
}
