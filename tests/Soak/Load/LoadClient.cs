using System.Globalization;
using System.Net.Http.Headers;
using Soak.Gateways;

namespace Soak.Load;

/// <summary>One client: asks, reads or leaves, pauses, and asks again, at any gateway that runs.</summary>
internal sealed class LoadClient(IReadOnlyList<GatewayNode> nodes, string apiKey, Random random, Func<int> nextNumber, Action<SentRequest> done)
{
    public const string UserAgent = "soak";

    private const int Sessions = 20;

    private static readonly (string Platform, string Model, Dialect Dialect)[] Targets =
        [("openai", "gpt-5-mini", Dialect.Chat), ("claude", "claude-sonnet-4-5", Dialect.Messages), ("gemini", "gemini-2.5-flash", Dialect.Contents)];

    // Longer than any limit of the gateway's: a client that has to give up by itself has found something.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>When a client leaves.</summary>
    private enum Leaving
    {
        Never,
        BeforeHeaders,
        AfterFirstEvent,
        MidStream,
    }

    public async Task RunAsync(CancellationToken end, CancellationToken cancellationToken)
    {
        // As it comes, a client reads on for two seconds after an answer is disposed of, instead of leaving.
        using var client = new HttpClient(new SocketsHttpHandler { MaxResponseDrainSize = 0 }) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        while (!end.IsCancellationRequested)
        {
            await SendAsync(client, cancellationToken);
            await Task.Delay(random.Next(0, 400), end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendAsync(HttpClient client, CancellationToken cancellationToken)
    {
        var running = nodes.Where(node => node.Url is not null).ToList();
        var node = running[random.Next(running.Count)];
        if (node.Url is not { } url)
        {
            return; // Killed at this very moment.
        }

        var number = nextNumber();
        var (platform, model, own) = Targets[random.Next(Targets.Length)];
        var dialect = random.Next(4) == 0 ? Dialect.All[random.Next(Dialect.All.Count)] : own;
        var stream = random.Next(3) > 0;
        var leaving = random.Next(10) > 0 ? Leaving.Never : (Leaving)random.Next(1, 4);
        var text = string.Create(CultureInfo.InvariantCulture, $"soak-{number} says a few words that come back as many events");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, dialect.Path(model, stream))) { Content = JsonContent.Create(dialect.Body(model, text, stream)) };
        request.Headers.TryAddWithoutValidation("User-Agent", string.Create(CultureInfo.InvariantCulture, $"{UserAgent}/{number}"));
        if (random.Next(2) == 0)
        {
            request.Headers.Add("x-session-id", string.Create(CultureInfo.InvariantCulture, $"session-{random.Next(Sessions)}"));
        }

        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        leave.CancelAfter(leaving == Leaving.BeforeHeaders ? TimeSpan.FromMilliseconds(random.Next(0, 30)) : Patience);
        var from = DateTime.UtcNow;
        var (status, requestId) = (0, (string?)null);
        var (ending, note) = (Ending.Broken, (string?)null);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leave.Token);
            status = (int)response.StatusCode;
            requestId = response.Headers.TryGetValues("x-request-id", out var values) ? values.FirstOrDefault() : null;
            ending = await ReadAsync(response, dialect, stream, leaving, leave);
            note = ending == Ending.Broken ? "ended without its last event" : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            note = exception.InnerException?.Message ?? exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            ending = leaving == Leaving.Never ? Ending.Broken : Ending.Left;
            note = leaving == Leaving.Never ? "no answer in time" : null;
        }

        done(new SentRequest(number, platform, stream, node.Number, from, DateTime.UtcNow, ending, status, requestId, note));
    }

    private async Task<Ending> ReadAsync(HttpResponseMessage response, Dialect dialect, bool stream, Leaving leaving, CancellationTokenSource leave)
    {
        if (!response.IsSuccessStatusCode || !stream)
        {
            await response.Content.LoadIntoBufferAsync(leave.Token);
            return response.IsSuccessStatusCode ? Ending.Answered : Ending.Refused;
        }

        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(leave.Token));
        var eventsLeft = leaving switch { Leaving.AfterFirstEvent => 1, Leaving.MidStream => random.Next(2, 8), _ => int.MaxValue };
        var isWhole = false;
        while (await lines.ReadLineAsync(leave.Token) is { } line)
        {
            if (dialect.IsError(line))
            {
                return Ending.Refused;
            }

            isWhole |= dialect.IsEnd(line);
            if (line.StartsWith("data: ", StringComparison.Ordinal) && --eventsLeft == 0 && !isWhole)
            {
                await leave.CancelAsync();
                return Ending.Left; // Disposing the answer closes the connection.
            }
        }

        return isWhole ? Ending.Answered : Ending.Broken;
    }
}
