using System.Globalization;
using System.Text.Json;
using Gateway.Infrastructure;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>Reads a price file. Members it does not know are skipped; anything it cannot use stops the start.</summary>
internal static class PriceFileReader
{
    private const string Unit = "USD per 1,000,000 tokens";

    /// <param name="source">What the entries' version starts with, such as <c>catalogue</c>.</param>
    /// <param name="utf8">The file.</param>
    /// <exception cref="InvalidDataException">The file is malformed; the message names the source and the entry.</exception>
    public static IReadOnlyList<CatalogEntry> Read(string source, ReadOnlySpan<byte> utf8)
    {
        try
        {
            return ReadFile(source, utf8);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"Price file '{source}': {e.Message}", e);
        }
    }

    private static List<CatalogEntry> ReadFile(string source, ReadOnlySpan<byte> utf8)
    {
        string? unit = null;
        string? updated = null;
        List<(PriceFileNames Names, ModelPrices Prices)>? models = null;

        var reader = new Utf8JsonReader(utf8);
        Expect(ref reader, JsonTokenType.StartObject, "The file");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("models"u8))
            {
                models = ReadModels(ref reader);
            }
            else if (reader.ValueTextEquals("unit"u8))
            {
                unit = ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("updated"u8))
            {
                updated = ReadString(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        ExpectEnd(ref reader, JsonTokenType.EndObject, "The file");
        reader.Read();   // throws when something follows the object

        if (unit != Unit)
        {
            throw new FormatException($"The unit must be '{Unit}'.");
        }

        if (!DateOnly.TryParseExact(updated, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            throw new FormatException("'updated' must be a date, yyyy-MM-dd.");
        }

        var version = $"{source}:{updated}";
        return models is { Count: > 0 }
            ? models.ConvertAll(entry => ToEntry(entry.Names, entry.Prices, version))
            : throw new FormatException("The file has no 'models'.");
    }

    private static List<(PriceFileNames Names, ModelPrices Prices)> ReadModels(ref Utf8JsonReader reader)
    {
        var models = new List<(PriceFileNames, ModelPrices)>(512);
        Expect(ref reader, JsonTokenType.StartArray, "'models'");
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            models.Add(ReadModel(ref reader, models.Count));
        }

        ExpectEnd(ref reader, JsonTokenType.EndArray, "'models'");
        return models;
    }

    /// <summary>Reads an entry twice, as its names and as its prices: each skips what belongs to the other.</summary>
    private static (PriceFileNames Names, ModelPrices Prices) ReadModel(ref Utf8JsonReader reader, int index)
    {
        var start = reader;
        try
        {
            var again = reader;
            return (
                JsonSerializer.Deserialize(ref again, PriceFileJson.Names)!,
                JsonSerializer.Deserialize(ref reader, PriceFileJson.Prices)!);
        }
        catch (JsonException e)
        {
            throw new FormatException($"Entry {NameOf(start) ?? $"number {index + 1}"}: {e.Message}", e);
        }
    }

    /// <summary>The name of an entry that cannot be read, if it comes before what is wrong.</summary>
    private static string? NameOf(Utf8JsonReader entry)
    {
        try
        {
            var depth = entry.CurrentDepth + 1;
            while (entry.Read() && entry.CurrentDepth >= depth)
            {
                if (entry.CurrentDepth == depth && entry.TokenType == JsonTokenType.PropertyName && entry.ValueTextEquals("model"u8))
                {
                    return $"'{ReadString(ref entry)}'";
                }
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static CatalogEntry ToEntry(PriceFileNames names, ModelPrices prices, string version)
    {
        var platforms = Array.ConvertAll(names.Platforms, platform =>
            PlatformNames.TryParse(platform, out var known) && known != Platform.ClaudeCcr
                ? known
                : throw new FormatException($"Entry '{names.Model}': '{platform}' is not a platform with prices of its own."));

        var aliases = names.Aliases ?? [];
        if (platforms.Length == 0 || string.IsNullOrWhiteSpace(names.Model) || Array.Exists(aliases, string.IsNullOrWhiteSpace))
        {
            throw new FormatException($"Entry '{names.Model}': it needs a platform, and names that are not empty.");
        }

        foreach (var problem in PriceRules.Check(prices))
        {
            throw new FormatException($"Entry '{names.Model}': {problem.Field} {problem.Message}.");
        }

        return new CatalogEntry(names.Model, platforms, aliases, names.Deprecated, prices, version);
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token, string what)
    {
        if (!reader.Read() || reader.TokenType != token)
        {
            throw new FormatException($"{what} must be {(token == JsonTokenType.StartArray ? "an array" : "an object")}.");
        }
    }

    private static void ExpectEnd(ref Utf8JsonReader reader, JsonTokenType token, string what)
    {
        if (reader.TokenType != token)
        {
            throw new FormatException($"{what} holds something that is not {(token == JsonTokenType.EndArray ? "an entry" : "a member")}.");
        }
    }

    private static string? ReadString(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }
}
