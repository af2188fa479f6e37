using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Users;

/// <summary>Gateways of their own: on the shared one other tests make administrators.</summary>
public sealed class LastAdministratorTests(GatewayOfEach gateways) : IClassFixture<GatewayOfEach>
{
    private const string Users = "/api/admin/users";
    private const int Rounds = 4;

    [Theory]
    [InlineData("DELETE", "{}")]
    [InlineData("PUT", """{"enabled":false}""")]
    [InlineData("PUT", """{"role":"user"}""")]
    [InlineData("PUT", """{"role":"user","password":"another password"}""")]
    public async Task The_last_administrator_cannot_be_deleted_disabled_or_demoted(string method, string body)
    {
        var server = await gateways.OnAsync(StorageKind.Embedded);
        using var admin = await server.CreateAdminClientAsync();
        var me = await admin.GetDataAsync("/api/auth/me");

        using var response = await admin.SendRawAsync(new HttpMethod(method), $"{Users}/{me.Id()}", body);

        (await response.ErrorAsync(409)).GetProperty("error").GetString().ShouldBe("last_administrator");
        (await admin.GetDataAsync("/api/auth/me")).GetProperty("role").GetString().ShouldBe("admin");
    }

    [Fact]
    public async Task An_administrator_who_is_disabled_does_not_count()
    {
        var server = await gateways.OnAsync(StorageKind.Embedded);
        using var admin = await server.CreateAdminClientAsync();
        var me = await admin.GetDataAsync("/api/auth/me");
        using var second = await admin.CreatePersonAsync(role: "admin");
        await admin.PutDataAsync($"{Users}/{second.Id}", new { enabled = false });

        using var response = await admin.SendRawAsync(HttpMethod.Delete, $"{Users}/{me.Id()}", "");

        await response.ErrorAsync(409);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Two_administrators_who_remove_each_other_at_once_leave_one(StorageKind storage)
    {
        await using var server = await GatewayServer.StartAsync(storage);
        using var first = await server.CreateAdminClientAsync();
        var admin = new Person((await first.GetDataAsync("/api/auth/me")).Id(), "admin", first);
        for (var round = 0; round < Rounds; round++)
        {
            var other = await admin.Client.CreatePersonAsync(role: "admin");
            var responses = await Task.WhenAll(
                admin.Client.SendRawAsync(HttpMethod.Put, $"{Users}/{other.Id}", """{"role":"user"}"""),
                other.Client.SendRawAsync(HttpMethod.Put, $"{Users}/{admin.Id}", """{"role":"user"}"""));

            // The loser is refused as the last one, or because the token ended before the call was looked at.
            var statuses = responses.Select(response => (int)response.StatusCode).ToList();
            statuses.Count(status => status == 200).ShouldBe(1, string.Join(", ", statuses));
            statuses.ShouldAllBe(status => status == 200 || status == 401 || status == 409);

            var (winner, loser) = statuses[0] == 200 ? (admin, other) : (other, admin);
            using var deleted = await winner.Client.DeleteAsync($"{Users}/{loser.Id}", TestContext.Current.CancellationToken);
            await deleted.DataAsync();
            admin = winner;
        }
    }
}
