using Simulator.Control;
using Simulator.Platforms;
using Simulator.Platforms.Azure;
using Simulator.Platforms.Bedrock;
using Simulator.Platforms.Claude;
using Simulator.Platforms.Gemini;
using Simulator.Platforms.OpenAi;

namespace Simulator.Http;

/// <summary>Every request's way: record it, let its platform decide the answer, send that, record the end.</summary>
internal sealed class RequestHandler
{
    private readonly TimeProvider _clock;
    private readonly ISimulatedPlatform[] _platforms;
    private readonly BenchmarkUpstream _benchmark;
    private readonly ControlApi _control;
    private readonly SimulatorServer _server;
    private readonly CancellationToken _stopping;

    public RequestHandler(SimulatorServer server, SimulatorOptions options, CancellationToken stopping)
    {
        _server = server;
        _stopping = stopping;
        _clock = options.Clock;
        _control = new ControlApi(server);

        // Asked in this order; the last owns whatever is left.
        _platforms = [new BedrockPlatform(options.Clock), new GeminiPlatform(), new AzurePlatform(), new ClaudePlatform(), new OpenAiPlatform()];
        _benchmark = new BenchmarkUpstream(_platforms, options.Benchmark ?? new BenchmarkOptions());
    }

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await AnswerAsync(context);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !context.Response.HasStarted)
        {
            // A fault of the simulator itself, in plain sight of whoever writes the test.
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            await context.Response.WriteAsync($"Simulator: {exception}");
        }
    }

    private Task AnswerAsync(HttpContext context)
    {
        if (_benchmark.Find(context.Request.Headers) is { } answer)
        {
            return _benchmark.AnswerAsync(context, answer);
        }

        return context.Request.Path.StartsWithSegments(ControlApi.Root, out var rest)
            ? _control.AnswerAsync(context, rest)
            : SimulateAsync(context);
    }

    private async Task SimulateAsync(HttpContext context)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping);
        var (body, isWhole) = await ReadBodyAsync(context.Request, ending.Token);
        var received = new ReceivedRequest(context.Request, body, _clock.GetUtcNow());
        var platform = _platforms.First(candidate => candidate.Owns(received));
        var account = _server.Account(platform.Credential(received) ?? "");
        account.Received(received);

        var outcome = isWhole ? RequestOutcome.Failed : RequestOutcome.ClientAborted;
        try
        {
            if (isWhole)
            {
                var answer = platform.Answer(new Exchange(received, account));
                outcome = await new AnswerSender(context, answer, received, () => account.Answered(received), _clock, ending.Token).SendAsync();
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            outcome = _stopping.IsCancellationRequested ? RequestOutcome.Stopped : RequestOutcome.ClientAborted;
            context.Abort();
        }
        finally
        {
            account.Ended(received, outcome);
        }
    }

    private static async Task<(ReadOnlyMemory<byte> Body, bool IsWhole)> ReadBodyAsync(
        HttpRequest request, CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        try
        {
            await request.Body.CopyToAsync(body, cancellationToken);
            return (body.GetBuffer().AsMemory(0, (int)body.Length), true);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return (body.GetBuffer().AsMemory(0, (int)body.Length), false);
        }
    }
}
