using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Persistence;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Infrastructure.Hosting.Verbs;

/// <summary>What the program does instead of serving, and then ends: 0 done, 1 not done and one line says why, 2 not understood.</summary>
internal static class VerbRunner
{
    private static readonly Verb[] All = [ResetPassword.Verb, Backup.Verb, RotateKeys.Verb, CheckConfig.Verb];

    /// <summary>Settings start with a dash or hold an equals sign; anything else in the first place is meant as a verb.</summary>
    public static bool IsVerb(string[] args) => args is [var first, ..] && (IsHelp(first) || !(first.StartsWith('-') || first.Contains('=')));

    /// <param name="args">Words of the verb, then settings.</param>
    /// <param name="createBuilder">Registers what serving registers, with these settings.</param>
    public static async Task<int> RunAsync(string[] args, Func<string[], WebApplicationBuilder> createBuilder)
    {
        var words = args.TakeWhile(arg => !arg.StartsWith("--", StringComparison.Ordinal)).ToArray();
        var settings = args[words.Length..];
        if (IsHelp(args[0]))
        {
            await Console.Out.WriteLineAsync(Usage());
            return 0;
        }

        if (All.FirstOrDefault(verb => verb.Matches(words)) is not { } verb)
        {
            await Console.Error.WriteLineAsync(Usage());
            return 2;
        }

        await using var app = Build(createBuilder(settings));
        await using var scope = app.Services.CreateAsyncScope();
        try
        {
            return await verb.RunAsync(scope.ServiceProvider, verb.ValuesIn(words));
        }
        catch (Exception exception) when (DatabaseFailure.Of(exception) is { } failure)
        {
            throw new StartupException($"The database refused: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static WebApplication Build(WebApplicationBuilder builder)
    {
        // What a verb prints is its answer, for people and for scripts.
        builder.Logging.ClearProviders();

        // It ends after its change: the caches to refresh are those of the gateways that run.
        builder.Services.RemoveAll<ICachedArea>();
        return builder.Build();
    }

    private static bool IsHelp(string word) => word is "--help" or "-h" or "help";

    private static string Usage()
    {
        var lines = All.Select(verb => $"  dotnet Gateway.dll {verb.Form,-28}{verb.Does}");
        return $"""
            Usage:
              dotnet Gateway.dll                             serves
            {string.Join('\n', lines)}

            Settings come from appsettings.json, from the environment (Gateway__DataDirectory=…) and from arguments after the verb (--Gateway:DataDirectory=…).
            """;
    }
}
