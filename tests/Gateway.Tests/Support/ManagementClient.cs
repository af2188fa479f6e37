using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Gateway.Tests.Support;

/// <summary>Calls of the management API as a program writes them.</summary>
public static class ManagementClient
{
    public static async Task LogInAsync(this HttpClient client, string username, string password)
    {
        using var response = await client.PostAsJsonAsync("/api/auth/login", new { username, password });
        var data = await response.DataAsync();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", data.GetProperty("token").GetString());
    }

    /// <summary>The <c>data</c> of a successful reply; fails the test with the body otherwise.</summary>
    public static async Task<JsonElement> DataAsync(this HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{(int)response.StatusCode} {response.RequestMessage?.Method} {response.RequestMessage?.RequestUri}: {body}");
        return JsonSerializer.Deserialize<JsonElement>(body).GetProperty("data");
    }

    /// <summary>The whole error reply, after checking that body and status agree.</summary>
    public static async Task<JsonElement> ErrorAsync(this HttpResponseMessage response, int status)
    {
        var body = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, body);
        var error = JsonSerializer.Deserialize<JsonElement>(body);
        error.GetProperty("code").GetInt32().ShouldBe(status);
        return error;
    }

    public static async Task<JsonElement> GetDataAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        return await response.DataAsync();
    }

    public static async Task<JsonElement> PostDataAsync(this HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(path, body);
        return await response.DataAsync();
    }

    public static async Task<JsonElement> PutDataAsync(this HttpClient client, string path, object body)
    {
        using var response = await client.PutAsJsonAsync(path, body);
        return await response.DataAsync();
    }
}
