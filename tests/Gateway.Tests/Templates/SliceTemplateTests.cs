using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Gateway.Tests.Support;

namespace Gateway.Tests.Templates;

/// <summary><c>templates/slice</c>, used as CONTRIBUTING.md says, but installed for nobody and in a copy of the sources.</summary>
[Collection(nameof(BuildsAlone))]
public sealed class SliceTemplateTests : IAsyncLifetime
{
    private readonly TempDirectory _work = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Sources => _work.File("sources");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Sources);
        await NewAsync("install", Path.Combine(Repository.Root, "templates", "slice"));
    }

    public ValueTask DisposeAsync()
    {
        _work.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_new_slice_has_its_own_names_everywhere()
    {
        await NewAsync("gateway-slice", "--area", "ApiGizmos", "--name", "RenameGizmo", "--role", "User");

        var files = Directory.GetFiles(Sources, "*", SearchOption.AllDirectories);
        files.Select(file => Path.GetRelativePath(Sources, file)).Order(StringComparer.Ordinal).ShouldBe(
        [
            "src/Features/ApiGizmos/RenameGizmo/RenameGizmoEndpoint.cs",
            "src/Features/ApiGizmos/RenameGizmo/RenameGizmoHandler.cs",
            "src/Features/ApiGizmos/RenameGizmo/RenameGizmoRequest.cs",
            "src/Features/ApiGizmos/RenameGizmo/RenameGizmoValidator.cs",
            "tests/Gateway.Tests/Features/ApiGizmos/RenameGizmoTests.cs",
        ]);
        var text = string.Concat(files.Select(File.ReadAllText));
        text.ShouldNotContain("gadget", Case.Insensitive);
        text.ShouldContain("\"/api/admin/api-gizmos\"");
        text.ShouldContain("LeastRole => Role.User;");
    }

    [Fact]
    public async Task A_new_slice_goes_where_it_is_told()
    {
        await NewAsync("gateway-slice", "--area", "Gizmos", "--name", "RenameGizmo", "--route", "/api/admin/gizmo-names");

        var endpoint = await File.ReadAllTextAsync(Path.Combine(Sources, "src/Features/Gizmos/RenameGizmo/RenameGizmoEndpoint.cs"), Cancel);

        endpoint.ShouldContain("MapPost(\"/api/admin/gizmo-names\", Handle)");
    }

    [Fact]
    public async Task A_new_slice_and_its_test_compile_without_a_warning()
    {
        Repository.CopySourcesTo(Sources);
        await NewAsync("gateway-slice", "--area", "Gizmos", "--name", "RenameGizmo");

        await BuildAsync("tests/Gateway.Tests");

        TypesIn("Gateway.dll").ShouldContain("Gateway.Features.Gizmos.RenameGizmo.RenameGizmoEndpoint");
        TypesIn("Gateway.Tests.dll").ShouldContain("Gateway.Tests.Features.Gizmos.RenameGizmoTests");
    }

    /// <summary><c>dotnet new</c> with a home of its own, so that the user's list of templates stays as it is.</summary>
    private Task NewAsync(params string[] arguments)
    {
        var home = _work.File("home");
        var environment = new Dictionary<string, string>
        {
            ["DOTNET_CLI_HOME"] = home,
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "true",
            ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
        };
        return DotnetCommand.RunAsync(Sources, environment, ["new", .. arguments, "--debug:custom-hive", Path.Combine(home, "hive")], Cancel);
    }

    /// <summary>
    /// Warnings are errors here too. Needs no network: every package was restored for the tests themselves, and no list of advisories is asked for.
    /// Compilers and build nodes that stay for the next build would keep the command's output open, and outlive the tests.
    /// </summary>
    private Task BuildAsync(string project) => DotnetCommand.RunAsync(
        Sources,
        new Dictionary<string, string> { ["MSBUILDDISABLENODEREUSE"] = "1" },
        ["build", project, "-p:NuGetAudit=false", "-p:UseSharedCompilation=false", "-nodeReuse:false", "-verbosity:quiet", "-nologo"],
        Cancel);

    private List<string> TypesIn(string assembly)
    {
        var path = Directory.GetFiles(Path.Combine(Sources, "tests/Gateway.Tests/bin"), assembly, SearchOption.AllDirectories).ShouldHaveSingleItem();
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        return
        [
            .. metadata.TypeDefinitions
                .Select(metadata.GetTypeDefinition)
                .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}"),
        ];
    }
}
