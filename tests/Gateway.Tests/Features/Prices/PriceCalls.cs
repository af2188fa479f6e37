using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Prices;

/// <summary>What the tests of prices do again and again.</summary>
internal static class PriceCalls
{
    /// <summary>The one row of the list that is for exactly this name.</summary>
    public static async Task<JsonElement> PriceAsync(this HttpClient client, string platform, string model) =>
        (await client.PricesAsync(platform, model)).ShouldHaveSingleItem();

    /// <summary>The rows of the list for exactly this name: one or none.</summary>
    public static async Task<List<JsonElement>> PricesAsync(this HttpClient client, string platform, string model)
    {
        var list = await client.GetDataAsync($"/api/admin/prices?platform={platform}&search={Uri.EscapeDataString(model)}&page_size=200");
        return [.. list.GetProperty("items").EnumerateArray().Where(row => row.GetProperty("model").GetString() == model)];
    }

    public static async Task<List<JsonElement>> HistoryAsync(this HttpClient client, string platform, string model) =>
        [.. (await client.GetDataAsync($"/api/admin/prices/{platform}/{model}/history")).GetProperty("items").EnumerateArray()];

    /// <summary>Expects a refusal for one field of the body or the path.</summary>
    public static async Task ShouldBlameAsync(this HttpResponseMessage response, string field) =>
        (await response.ErrorAsync(400)).GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe([field]);
}
