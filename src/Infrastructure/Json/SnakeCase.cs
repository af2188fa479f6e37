using System.Text;
using System.Text.Json;

namespace Gateway.Infrastructure.Json;

/// <summary>Names in JSON and in the database: <c>CacheWrite1hTokens</c> is <c>cache_write_1h_tokens</c>, with the digit a word of its own.</summary>
internal sealed class SnakeCase : JsonNamingPolicy
{
    public static readonly SnakeCase Policy = new();

    public override string ConvertName(string name)
    {
        var snake = SnakeCaseLower.ConvertName(name);
        var spaced = new StringBuilder(snake.Length + 2);
        foreach (var character in snake)
        {
            if (char.IsAsciiDigit(character) && spaced.Length > 0 && char.IsAsciiLetter(spaced[^1]))
            {
                spaced.Append('_');
            }

            spaced.Append(character);
        }

        return spaced.ToString();
    }
}
