using System.Formats.Tar;
using Gateway.Tests.Support;

namespace Gateway.Tests.Hosting.Verbs;

public sealed class BackupTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_of_a_running_gateway_is_private_and_starts_another_one()
    {
        using var folder = new TempDirectory();
        var file = folder.File("gateway.tar");
        await using var server = await GatewayServer.StartAsync();
        using var admin = await server.CreateAdminClientAsync();
        const string Password = "changed before backup";
        await admin.PutDataAsync("/api/auth/password", new { current_password = GatewayServer.AdminPassword, new_password = Password });

        var (exitCode, output) = await server.RunVerbAsync("admin", "backup", file);

        exitCode.ShouldBe(0, output);
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(folder.Path).ShouldHaveSingleItem();
        Directory.GetFiles(server.DataDirectory, "backup-*").ShouldBeEmpty();
        var restored = Directory.CreateDirectory(folder.File("restored")).FullName;
        await TarFile.ExtractToDirectoryAsync(file, restored, overwriteFiles: false, Cancel);
        Directory.GetFiles(restored).Select(Path.GetFileName).ShouldBe(["gateway.db", "secrets.json"], ignoreOrder: true);
        await using var other = await GatewayServer.StartAsync(dataDirectory: restored);
        using var client = other.CreateClient();
        await client.LogInAsync("admin", Password);
        client.DefaultRequestHeaders.Authorization = admin.DefaultRequestHeaders.Authorization;
        (await client.GetAsync("/api/auth/me", Cancel)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized, "its own log-in was ended by the new password");
    }

    [Fact]
    public async Task A_file_that_exists_is_left_as_it_is()
    {
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder.File("precious"), "precious", Cancel);
        await using var server = await GatewayServer.StartAsync();

        var (exitCode, output) = await server.RunVerbAsync("admin", "backup", folder.File("precious"));

        exitCode.ShouldBe(1);
        output.ShouldBeOneLineWith(folder.File("precious"), "exists");
        (await File.ReadAllTextAsync(folder.File("precious"), Cancel)).ShouldBe("precious");
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_refused_in_one_line()
    {
        using var folder = new TempDirectory();
        await using var server = await GatewayServer.StartAsync();

        var (exitCode, output) = await server.RunVerbAsync("admin", "backup", folder.File("none/gateway.tar"));

        exitCode.ShouldBe(1);
        output.ShouldBeOneLineWith(folder.File("none/gateway.tar"));
        Directory.GetFiles(server.DataDirectory, "backup-*").ShouldBeEmpty();
    }

    [Fact]
    public async Task On_MySQL_the_servers_own_tool_is_named()
    {
        using var folder = new TempDirectory();

        using var store = TestStorage.Create();
        await using var verb = await GatewayServer.RunToExitAsync(store: store, arguments: ["admin", "backup", folder.File("gateway.tar")]);

        verb.ExitCode.ShouldBe(1);
        verb.Output.ShouldBeOneLineWith("mysqldump", "mariadb-dump");
        File.Exists(folder.File("gateway.tar")).ShouldBeFalse();
    }
}
