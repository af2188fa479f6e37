using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Accounts;

public sealed class DeleteAccountTests(EmbeddedGateway gateway)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deleted_account_is_gone_from_everywhere()
    {
        var group = Guid.NewGuid().ToString("N");
        var account = await gateway.Admin.CreateAccountAsync(new { group });

        using var deleted = await gateway.Admin.DeleteAsync(account.Of(), Cancel);

        (await deleted.DataAsync()).ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        (await gateway.Admin.GetDataAsync($"{Accounts.Path}?group={group}")).GetProperty("total").GetInt32().ShouldBe(0);
        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Get, ""), (HttpMethod.Put, ""), (HttpMethod.Delete, ""), (HttpMethod.Post, "/recover")])
        {
            using var response = await gateway.Admin.SendRawAsync(method, account.Of() + path, "{}");

            await response.ErrorAsync(404);
        }
    }

    [Fact]
    public async Task Its_name_is_free_again_even_twice()
    {
        var name = Accounts.NewName();
        for (var i = 0; i < 3; i++)
        {
            var account = await gateway.Admin.CreateAccountAsync(new { name });
            using var deleted = await gateway.Admin.DeleteAsync(account.Of(), Cancel);
            await deleted.DataAsync();
        }
    }

    [Fact]
    public async Task Its_row_stays_without_its_secrets()
    {
        var account = await gateway.Admin.CreateAccountAsync(new { proxy_url = "http://user:secret@127.0.0.1:3128" });

        using var deleted = await gateway.Admin.DeleteAsync(account.Of(), Cancel);

        gateway.Server.Sql($"SELECT name || '|' || credentials_encrypted || '|' || COALESCE(proxy_url_encrypted, '') FROM accounts WHERE id = {account.GetProperty("id")}")
            .ShouldBe($"{account.Text("name")}||");
    }

    [Theory]
    [InlineData("/api/admin/accounts/9223372036854775807")]
    [InlineData("/api/admin/accounts/0")]
    [InlineData("/api/admin/accounts/-1")]
    [InlineData("/api/admin/accounts/99999999999999999999")]
    [InlineData("/api/admin/accounts/one")]
    public async Task What_never_was_is_not_found(string path)
    {
        using var response = await gateway.Admin.GetAsync(path, Cancel);

        await response.ErrorAsync(404);
    }
}
