using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Simulator.Control;

/// <summary>Scripts and reports for tests in other processes; the README has examples.</summary>
internal sealed class ControlApi(SimulatorServer server)
{
    public const string Root = "/_simulator";

    private const int DefaultLast = 20;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        WriteIndented = true,
    };

    /// <param name="path">What follows <see cref="Root"/>.</param>
    public Task AnswerAsync(HttpContext context, PathString path)
    {
        var credential = path.Value?.Split('/') is ["", "accounts", { Length: > 0 } name, ..] ? name : null;
        var isScript = path == $"/accounts/{credential}/script";
        var isAccount = path == $"/accounts/{credential}";
        return (context.Request.Method, credential) switch
        {
            ("PUT", { } known) when isScript => ScriptAsync(context, server.Account(known)),
            ("GET", { } known) when isAccount => ReportAsync(context, server.Account(known)),
            ("DELETE", { } known) when isAccount => ResetAsync(context, server.Account(known)),
            _ => FailAsync(context, 404, $"There is no {context.Request.Method} {Root}{path}. See tests/Simulator/README.md."),
        };
    }

    private static async Task ScriptAsync(HttpContext context, SimulatedAccount account)
    {
        AccountScript? script;
        try
        {
            script = await JsonSerializer.DeserializeAsync<AccountScript>(context.Request.Body, Json, context.RequestAborted);
        }
        catch (JsonException exception)
        {
            await FailAsync(context, 400, exception.Message);
            return;
        }

        account.Script(script?.Answers ?? [], script?.Default, script?.Models);
        await ReportAsync(context, account);
    }

    private static Task ResetAsync(HttpContext context, SimulatedAccount account)
    {
        account.Reset();
        return ReportAsync(context, account);
    }

    private static Task ReportAsync(HttpContext context, SimulatedAccount account)
    {
        var last = int.TryParse(context.Request.Query["last"], out var count) ? count : DefaultLast;
        return context.Response.WriteAsJsonAsync(AccountReport.Of(account, last), Json, context.RequestAborted);
    }

    private static Task FailAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { message }, Json, context.RequestAborted);
    }
}
