using StackExchange.Redis;

namespace Gateway.Infrastructure.Redis;

/// <summary>A script shipped beside the code that runs it. Every key it touches is declared, and its arithmetic is integer: Garnet's Lua is 5.4, Redis' is 5.1.</summary>
internal sealed class RedisScript
{
    private readonly string _text;

    private RedisScript(string text) => _text = text;

    /// <param name="resource">Path of the file below <c>src</c>, with dots: <c>Proxy.Metering.Settle.lua</c>.</param>
    public static RedisScript Load(string resource)
    {
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream($"Gateway.src.{resource}")
            ?? throw new InvalidOperationException($"The script '{resource}' is not embedded.");
        using var reader = new StreamReader(stream);
        return new RedisScript(reader.ReadToEnd());
    }

    /// <summary>Sends the script's hash, and the text again when the server lost it.</summary>
    public Task<RedisResult> RunAsync(IDatabase database, RedisKey[] keys, RedisValue[] arguments) =>
        database.ScriptEvaluateAsync(_text, keys, arguments);
}
