using Gateway.Infrastructure.Auth.ApiKeys;

namespace Gateway.Proxy.Access;

/// <summary>Finds the API key in a request, wherever the client's kind of program puts it.</summary>
internal static class PresentedKeys
{
    private const string Bearer = "Bearer ";

    private static readonly string[] Headers = ["x-api-key", "api-key", "x-goog-api-key"];

    /// <summary>The one key of our shape that was sent. Others are other programs' and mean nothing here.</summary>
    /// <param name="key">Null: none of our shape.</param>
    /// <param name="acceptsQuery">Whether <c>?key=</c> counts (Gemini paths and the models lists).</param>
    /// <returns>False: two different keys of ours.</returns>
    public static bool TryFind(HttpRequest request, bool acceptsQuery, out string? key)
    {
        key = null;
        foreach (var value in request.Headers.Authorization)
        {
            if (value is not null && value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && !Take(value[Bearer.Length..].Trim(), ref key))
            {
                return false;
            }
        }

        foreach (var name in Headers)
        {
            foreach (var value in request.Headers[name])
            {
                if (value is not null && !Take(value.Trim(), ref key))
                {
                    return false;
                }
            }
        }

        if (acceptsQuery)
        {
            foreach (var value in request.Query["key"])
            {
                if (value is not null && !Take(value, ref key))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool Take(string presented, ref string? key)
    {
        if (!ApiKeySecret.HasOurShape(presented))
        {
            return true;
        }

        if (key is not null && key != presented)
        {
            return false;
        }

        key = presented;
        return true;
    }
}
