using Gateway.Infrastructure.Http;

namespace Gateway.Proxy.Platforms;

/// <summary>Makes the address of one call from the base address of an account.</summary>
/// <remarks>
/// Texts are joined, never <c>new Uri(base, relative)</c>, which drops the last part of a base without a trailing slash. Three rules hold for every
/// platform: a trailing <c>/</c> of the base is ignored; a base that already ends in its version (<c>/v1</c>, <c>/v1beta</c>, <c>/v4</c>, <c>/openai/v1</c>)
/// is not given another; a base that ends in <c>#</c> is the whole address, and nothing is appended to it.
/// </remarks>
internal static class UpstreamUrl
{
    private const char WholeMark = '#';

    /// <param name="baseUrl">The account's address, or the platform's own.</param>
    /// <param name="operation">For instance <c>chat/completions</c>.</param>
    public static string OpenAi(string baseUrl, string operation) => Join(baseUrl, "v1", operation);

    /// <param name="baseUrl">The account's address, or the platform's own.</param>
    /// <param name="operation">For instance <c>messages</c> or <c>messages/count_tokens</c>.</param>
    public static string Claude(string baseUrl, string operation) => Join(baseUrl, "v1", operation);

    /// <summary>Where the tokens of an OAuth account are renewed that names no other place. With a base that is a whole address: at its host.</summary>
    public static string Token(string baseUrl) => Join(IsWhole(baseUrl) ? baseUrl[..HostEnd(baseUrl)] : baseUrl, "v1", "oauth/token");

    /// <summary>
    /// With a dated version, chats and embeddings go to their deployment's own address and other operations beside it; otherwise all go to the v1 API,
    /// which knows the deployment from the body.
    /// </summary>
    /// <remarks>Source: Azure OpenAI REST reference and API lifecycle page, read 2026-11.</remarks>
    /// <param name="baseUrl">The resource's address, with or without <c>/openai</c> or <c>/openai/v1</c>.</param>
    /// <param name="operation">For instance <c>chat/completions</c>.</param>
    /// <param name="deployment">Name of the deployment.</param>
    /// <param name="apiVersion"><c>2024-10-21</c>; null or a word such as <c>preview</c>: the v1 API.</param>
    public static string Azure(string baseUrl, string operation, string deployment, string? apiVersion)
    {
        if (IsWhole(baseUrl))
        {
            return Whole(baseUrl);
        }

        var root = baseUrl.TrimEnd('/');
        if (apiVersion is null || !char.IsAsciiDigit(apiVersion[0]))
        {
            root = EndsInVersion(root) ? root : $"{WithoutEnd(root, "/openai")}/openai/v1";
            return apiVersion is null ? $"{root}/{operation}" : $"{root}/{operation}?api-version={Uri.EscapeDataString(apiVersion)}";
        }

        root = WithoutEnd(WithoutEnd(root, "/openai/v1"), "/openai");
        var path = operation is "chat/completions" or "embeddings" ? $"deployments/{Segment(deployment)}/{operation}" : operation;
        return $"{root}/openai/{path}?api-version={Uri.EscapeDataString(apiVersion)}";
    }

    /// <param name="baseUrl">The account's address, or the platform's own.</param>
    /// <param name="model">With or without <c>models/</c>; <c>tunedModels/</c> is kept.</param>
    /// <param name="method">For instance <c>streamGenerateContent</c>.</param>
    public static string Gemini(string baseUrl, string model, string method)
    {
        const string Models = "models/";
        var collection = model.StartsWith(ModelInPath.TunedModels, StringComparison.Ordinal) ? ModelInPath.TunedModels : Models;
        var name = model.StartsWith(collection, StringComparison.Ordinal) ? model[collection.Length..] : model;
        return Join(baseUrl, "v1beta", $"{collection}{Segment(name)}:{method}");
    }

    /// <summary>The list of models.</summary>
    public static string GeminiModels(string baseUrl) => Join(baseUrl, "v1beta", "models");

    /// <param name="baseUrl">The account's address, or that of its region.</param>
    /// <param name="modelId">A model id, an inference profile or an ARN. It is encoded once: <c>:</c> as <c>%3A</c>, <c>/</c> as <c>%2F</c>.</param>
    /// <param name="operation">For instance <c>converse-stream</c>.</param>
    public static string Bedrock(string baseUrl, string modelId, string operation) =>
        IsWhole(baseUrl) ? Whole(baseUrl) : $"{baseUrl.TrimEnd('/')}/model/{Segment(modelId)}/{operation}";

    /// <param name="query">With a leading <c>?</c>, or empty.</param>
    public static string WithQuery(string url, string query) =>
        query.Length == 0 ? url : url.Contains('?', StringComparison.Ordinal) ? $"{url}&{query.AsSpan(1)}" : url + query;

    private static string Join(string baseUrl, string version, string path)
    {
        if (IsWhole(baseUrl))
        {
            return Whole(baseUrl);
        }

        var root = baseUrl.TrimEnd('/');
        return EndsInVersion(root) ? $"{root}/{path}" : $"{root}/{version}/{path}";
    }

    private static bool IsWhole(string baseUrl) => baseUrl.EndsWith(WholeMark);

    private static string Whole(string baseUrl) => baseUrl.TrimEnd(WholeMark);

    /// <summary>Whether the last part of the path is a version: <c>v</c>, digits, and perhaps <c>alpha</c> or <c>beta</c> with digits.</summary>
    private static bool EndsInVersion(string root)
    {
        var start = root.LastIndexOf('/');
        if (start < HostEnd(root) || start + 2 >= root.Length || root[start + 1] != 'v')
        {
            return false;
        }

        var version = root.AsSpan(start + 2);
        var rest = version.TrimStart("0123456789");
        if (rest.Length == version.Length)
        {
            return false;
        }

        var stage = rest.TrimEnd("0123456789");
        return rest.IsEmpty || stage is "alpha" or "beta";
    }

    private static int HostEnd(string url)
    {
        var host = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = url.AsSpan(host).IndexOfAny('/', '?', WholeMark);
        return end < 0 ? url.Length : host + end;
    }

    private static string WithoutEnd(string text, string end) => text.EndsWith(end, StringComparison.Ordinal) ? text[..^end.Length] : text;

    // Uri decodes %2E and then removes dot segments: encoded twice, such a name reaches the upstream as a model that does not exist.
    private static string Segment(string name) => name switch
    {
        "." => "%252E",
        ".." => "%252E%252E",
        _ => Uri.EscapeDataString(name),
    };
}
