using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Gateway.Tests.Support;

/// <summary>A person that a test made for itself, logged in.</summary>
public sealed record Person(long Id, string Username, HttpClient Client) : IDisposable
{
    public void Dispose() => Client.Dispose();
}

/// <summary>Users for tests that share a gateway: each has a name of its own.</summary>
public static class People
{
    public const string Password = "a password for tests";

    public static string NewName(string what = "test") => $"{what}-{Guid.NewGuid():N}";

    /// <summary>Creates a user and logs them in.</summary>
    /// <param name="admin">Whoever creates the user.</param>
    /// <param name="keyDefaults">As in the contract; null: may not create keys.</param>
    public static async Task<Person> CreatePersonAsync(this HttpClient admin, object? keyDefaults = null, string role = "user")
    {
        var user = await admin.CreateUserAsync(keyDefaults, role);
        var username = user.GetProperty("username").GetString()!;
        var client = DescribedAnswers.CreateClient(admin.BaseAddress!);
        await client.LogInAsync(username, Password);
        return new Person(user.Id(), username, client);
    }

    /// <summary>Creates a user who does not log in: that saves the test a password check, which is slow on purpose.</summary>
    public static Task<JsonElement> CreateUserAsync(this HttpClient admin, object? keyDefaults = null, string role = "user") =>
        admin.PostDataAsync("/api/admin/users", new { username = NewName(role), password = Password, role, key_defaults = keyDefaults });

    /// <summary>Sends a body as it is written: for what no serializer would write.</summary>
    public static async Task<HttpResponseMessage> SendRawAsync(this HttpClient client, HttpMethod method, string path, string json, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(json, new MediaTypeHeaderValue("application/json")) };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Creates an API key and returns the reply with its secret.</summary>
    public static async Task<JsonElement> CreateKeyAsync(this HttpClient client, object? fields = null)
    {
        using var response = await client.PostAsJsonAsync("/api/admin/api-keys", fields ?? new { name = NewName("key") }, TestContext.Current.CancellationToken);
        return await response.DataAsync();
    }

    public static long Id(this JsonElement data) => data.GetProperty("id").GetInt64();
}
