using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Accounts;

public sealed class RecoverAccountTests(EmbeddedGateway gateway)
{
    [Theory]
    [InlineData("needs_login", "needs_login")]
    [InlineData("The key was refused.", "error")]
    public async Task Marks_are_shown_and_recovery_clears_them(string mark, string status)
    {
        var account = await gateway.Admin.CreateAccountAsync();
        var id = account.GetProperty("id");
        gateway.Server.Sql($"UPDATE accounts SET status_reason = '{mark}', last_error = 'HTTP 401' WHERE id = {id}");
        gateway.Server.Sql($"INSERT INTO account_cooldowns (account_id, model_family, reason, until, created_at) VALUES ({id}, '', 'auth', '2030-01-01 00:00:00', '2026-01-01 00:00:00')");
        var marked = await gateway.Admin.GetDataAsync(account.Of());

        var recovered = await gateway.Admin.PostDataAsync(account.Of() + "/recover", new { });

        marked.Text("status").ShouldBe(status);
        marked.Text("status_reason").ShouldBe(mark);
        marked.Text("last_error").ShouldBe("HTTP 401");
        recovered.Text("status").ShouldBe("active");
        recovered.Text("status_reason").ShouldBeNull();
        recovered.Text("last_error").ShouldBeNull();
        recovered.Text("updated_at").ShouldBe(account.Text("updated_at"));
        gateway.Server.Sql($"SELECT COUNT(*) FROM account_cooldowns WHERE account_id = {id}").ShouldBe(0L);
    }

    [Fact]
    public async Task A_disabled_account_stays_disabled()
    {
        var account = await gateway.Admin.CreateAccountAsync(new { enabled = false });

        (await gateway.Admin.PostDataAsync(account.Of() + "/recover", new { })).Text("status").ShouldBe("disabled");
    }
}
