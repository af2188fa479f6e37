using StackExchange.Redis;

namespace Gateway.Infrastructure.Redis;

/// <summary>A script shipped beside the code that runs it. Every key it touches is declared, and its arithmetic is integer: Garnet's Lua is 5.4, Redis' is 5.1.</summary>
internal sealed class RedisScript
{
    private readonly string _text;

    private RedisScript(string text) => _text = text;

    /// <param name="resources">Paths of files below <c>src</c>, with dots: <c>Proxy.Metering.Settle.lua</c>. What several scripts share comes first.</param>
    public static RedisScript Load(params ReadOnlySpan<string> resources)
    {
        var text = new System.Text.StringBuilder();
        foreach (var resource in resources)
        {
            text.Append(Read(resource)).Append('\n');
        }

        return new RedisScript(text.ToString());
    }

    /// <summary>Sends the script's hash, and the text again when the server lost it.</summary>
    public Task<RedisResult> RunAsync(IDatabase database, RedisKey[] keys, RedisValue[] arguments) =>
        database.ScriptEvaluateAsync(_text, keys, arguments);

    private static string Read(string resource)
    {
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream($"Gateway.src.{resource}")
            ?? throw new InvalidOperationException($"The script '{resource}' is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
