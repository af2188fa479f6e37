using System.Text.Json;
using Gateway.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Features.Accounts;

/// <summary>Accounts as these tests need them. Addresses are public literals, so that no test asks a name server.</summary>
internal static class Accounts
{
    public const string Path = "/api/admin/accounts";

    public static string NewName() => $"account {Guid.NewGuid():N}";

    public static string Of(this JsonElement account) => $"{Path}/{account.GetProperty("id").GetInt64()}";

    public static string? Text(this JsonElement account, string member) => account.GetProperty(member).GetString();

    /// <summary>Creates an account that serves one model which no other test asks for.</summary>
    public static async Task<JsonElement> CreateAccountAsync(this HttpClient client, object? more = null)
    {
        using var response = await client.PostAccountAsync(more);
        return await response.DataAsync();
    }

    /// <summary>The same for a request that may be refused.</summary>
    public static Task<HttpResponseMessage> PostAccountAsync(this HttpClient client, object? more = null)
    {
        var body = JsonSerializer.SerializeToNode(new
        {
            name = NewName(),
            platform = "openai",
            credentials = new { api_key = "sk-0123456789-0123456789-abcd" },
            models = new[] { "accounts-test" },
        })!.AsObject();
        foreach (var (member, value) in JsonSerializer.SerializeToNode(more ?? new { })!.AsObject())
        {
            body[member] = value?.DeepClone();
        }

        return client.SendRawAsync(HttpMethod.Post, Path, body.ToJsonString());
    }

    /// <summary>The messages of a refused request by field.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> RefusedFieldsAsync(this HttpResponseMessage response)
    {
        var error = await response.ErrorAsync(400);
        return error.TryGetProperty("errors", out var errors)
            ? errors.EnumerateObject().ToDictionary(field => field.Name, field => field.Value[0].GetString()!)
            : new Dictionary<string, string>();
    }

    /// <summary>Asks the embedded database itself, for what no reply shows.</summary>
    public static object? Sql(this GatewayServer server, string statement)
    {
        using var connection = new SqliteConnection($"Data Source={System.IO.Path.Combine(server.DataDirectory, "gateway.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        return command.ExecuteScalar();
    }
}
