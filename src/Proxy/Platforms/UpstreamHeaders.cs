using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using Gateway.Proxy.Neutral;
using Microsoft.Extensions.Primitives;

namespace Gateway.Proxy.Platforms;

/// <summary>Headers are built anew on both sides: what is not named here does not cross the gateway.</summary>
internal static class UpstreamHeaders
{
    /// <summary>The gateway says who it is; it never imitates another program.</summary>
    public static readonly string UserAgent = $"Gateway/{typeof(UpstreamHeaders).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}";

    private static readonly string[] FromClient = ["anthropic-version", "anthropic-beta", "openai-beta", "idempotency-key", "accept"];

    private static readonly string[] ToClient = ["retry-after", "retry-after-ms", "x-should-retry", "request-id"];

    /// <summary>Refuses what no request can carry: otherwise it would look as if the upstream could not be reached.</summary>
    public static Failure? Check(IHeaderDictionary client)
    {
        foreach (var name in FromClient)
        {
            if (client.TryGetValue(name, out var values) && !IsAscii(values))
            {
                return Failure.Invalid(name, $"The header {name} may hold ASCII characters only.");
            }
        }

        return null;
    }

    /// <param name="own">Headers of the platform's own, beside those that any may get.</param>
    public static void CopyFromClient(HttpRequestMessage request, IHeaderDictionary client, params ReadOnlySpan<string> own)
    {
        Copy("idempotency-key");
        Copy("accept");
        foreach (var name in own)
        {
            Copy(name);
        }

        request.Headers.TryAddWithoutValidation("user-agent", UserAgent);

        void Copy(string name)
        {
            if (client.TryGetValue(name, out var values))
            {
                request.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
            }
        }
    }

    private static bool IsAscii(StringValues values)
    {
        foreach (var value in values)
        {
            if (!Ascii.IsValid(value))
            {
                return false;
            }
        }

        return true;
    }

    public static void CopyToClient(HttpResponseMessage response, HttpResponse client)
    {
        foreach (var name in ToClient)
        {
            if (response.Headers.NonValidated.TryGetValues(name, out var values))
            {
                client.Headers[name] = values.ToString();
            }
        }
    }

    /// <summary><c>true</c> or <c>false</c>; null: the platform does not say.</summary>
    public static string? ShouldRetry(HttpResponseHeaders headers) =>
        headers.NonValidated.TryGetValues("x-should-retry", out var values) && values.ToString() is "true" or "false" ? values.ToString() : null;
}
