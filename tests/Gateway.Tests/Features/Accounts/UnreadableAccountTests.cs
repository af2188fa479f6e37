using System.Text.Json;
using Gateway.Infrastructure.Caching;
using Gateway.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Tests.Features.Accounts;

/// <summary>An account whose stored secrets cannot be read is one account's trouble, and can be mended.</summary>
public sealed class UnreadableAccountTests(EmbeddedGateway gateway)
{
    private const string ProxyUrl = "http://user:secret@127.0.0.1:3128";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_proxy_that_cannot_be_read_is_covered_and_stays_until_it_is_written_again()
    {
        var account = await CreateAsync();
        await DamageAsync(account, "proxy_url_encrypted");

        (await ListedAsync(account)).GetProperty("proxy_url").GetString().ShouldBe("***");
        (await gateway.Admin.PutDataAsync(account.Of(), new { priority = 7, proxy_url = "***" })).GetProperty("proxy_url").GetString().ShouldBe("***");
        (await StoredAsync(account)).ShouldNotBeNull("nobody asked to send requests without the proxy");
        using (var other = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), $$"""{"proxy_url":"{{ProxyUrl}}"}"""))
        {
            (await other.ErrorAsync(400)).GetProperty("errors").TryGetProperty("proxy_url", out _).ShouldBeTrue();
        }

        var mended = await gateway.Admin.PutDataAsync(account.Of(), new { proxy_url = ProxyUrl, credentials = new { api_key = "sk-new" } });

        mended.GetProperty("proxy_url").GetString().ShouldBe("http://user:***@127.0.0.1:3128");
        (await ListedAsync(account)).GetProperty("proxy_url").GetString().ShouldBe("http://user:***@127.0.0.1:3128");
    }

    [Fact]
    public async Task A_proxy_that_cannot_be_read_can_be_taken_away()
    {
        var account = await CreateAsync();
        await DamageAsync(account, "proxy_url_encrypted");

        using var cleared = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), """{"proxy_url":null}""");

        (await cleared.DataAsync()).GetProperty("proxy_url").ValueKind.ShouldBe(JsonValueKind.Null);
        (await StoredAsync(account)).ShouldBeNull();
    }

    [Fact]
    public async Task Credentials_that_cannot_be_read_are_replaced_and_let_everything_else_be_changed()
    {
        var account = await CreateAsync();
        await DamageAsync(account, "credentials_encrypted");

        (await gateway.Admin.PutDataAsync(account.Of(), new { priority = 7 })).GetProperty("priority").GetInt32().ShouldBe(7);
        using (var moved = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), """{"base_url":"http://127.0.0.1:9191"}"""))
        {
            (await moved.ErrorAsync(400)).GetProperty("errors").TryGetProperty("base_url", out _).ShouldBeTrue();
        }

        var mended = await gateway.Admin.PutDataAsync(account.Of(), new { base_url = "http://127.0.0.1:9191", credentials = new { api_key = "sk-new" } });

        mended.GetProperty("base_url").GetString().ShouldBe("http://127.0.0.1:9191");
    }

    private Task<JsonElement> CreateAsync() => gateway.Admin.PostDataAsync(Accounts.Path, new
    {
        name = People.NewName("account"),
        platform = "openai",
        base_url = "http://127.0.0.1:9090",
        credentials = new { api_key = "sk-old" },
        proxy_url = ProxyUrl,
    });

    private async Task<JsonElement> ListedAsync(JsonElement account) =>
        (await gateway.Admin.GetDataAsync($"{Accounts.Path}?search={account.GetProperty("name").GetString()}")).GetProperty("items").EnumerateArray().Single();

    private async Task<string?> StoredAsync(JsonElement account)
    {
        await using var services = await TestServices.OpenAsync(gateway.Server);
        return await services.Database.Accounts.Where(row => row.Id == account.Id()).Select(row => row.ProxyUrlEncrypted).SingleAsync(Cancel);
    }

    /// <summary>Changes the sealed text, and tells the gateway.</summary>
    private async Task DamageAsync(JsonElement account, string column)
    {
        await using var services = await TestServices.OpenAsync(gateway.Server);
        var sql = $"UPDATE accounts SET {column} = {column} || 'x' WHERE id = {{0}}";
        await services.Database.Database.ExecuteSqlRawAsync(sql, [account.Id()], Cancel);
        services.Database.Touch(CacheArea.Accounts);
        await services.Database.SaveChangesAsync(Cancel);
    }
}
