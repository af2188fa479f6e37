using System.Net;
using System.Text;
using Gateway.Infrastructure.Http;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;

namespace Gateway.Proxy;

/// <summary>
/// Fetches what a client names by its address, for platforms that take bytes only. From public https hosts, and the networks of
/// <c>MediaFetch:AllowedNetworks</c>; without any credential, redirect or cookie.
/// </summary>
internal sealed class MediaFetcher(HttpMessageInvoker http, TimeProvider clock) : IDisposable
{
    private const int MostAddresses = 8;
    private const int MostBytes = 20 * 1024 * 1024;
    private const int MostBytesOfRequest = 32 * 1024 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static MediaFetcher Create(UpstreamOptions options, TimeProvider clock) =>
        new(new HttpMessageInvoker(new UpstreamHandlers(new UpstreamAddressPolicy(options, clock)).Create()), clock);

    /// <summary>Puts the bytes in the place of addresses.</summary>
    /// <param name="isNeeded">Whether the platform wants the bytes of this one.</param>
    /// <returns>The request with bytes, or why some cannot be had.</returns>
    public async Task<(NeutralRequest Request, Failure? Failure)> FetchAsync(NeutralRequest request, Func<MediaBlock, bool> isNeeded, CancellationToken cancellationToken)
    {
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var turn in request.Turns)
        {
            foreach (var media in MediaOf(turn.Blocks).Where(media => media.Url is not null && isNeeded(media)))
            {
                places.TryAdd(media.Url!, turn.Field);
            }
        }

        if (places.Count == 0)
        {
            return (request, null);
        }

        if (places.Count > MostAddresses)
        {
            return (request, Failure.Invalid(request.Names.Messages, $"The request names {places.Count} files by their address; the platform that serves this model takes bytes, and at most {MostAddresses} are fetched for a request."));
        }

        using var limit = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var fetched = await Task.WhenAll(places.Keys.Select(url => FetchAsync(url, either.Token, cancellationToken)));
        if (fetched.FirstOrDefault(one => one.Problem is not null) is { Problem: { } problem } wrong)
        {
            return (request, Failure.Invalid(places[wrong.Url], $"'{places[wrong.Url]}' names a file by its address, which the platform that serves this model does not fetch, and which the gateway could not fetch for it: {problem} Send the bytes in base64."));
        }

        if (fetched.Sum(one => (long)one.Bytes.Length) > MostBytesOfRequest)
        {
            return (request, Failure.Invalid(request.Names.Messages, $"The files that the request names by their address have more than {MostBytesOfRequest / 1024 / 1024} MB in all."));
        }

        var byUrl = fetched.ToDictionary(one => one.Url, StringComparer.Ordinal);
        return (request with { Turns = [.. request.Turns.Select(turn => turn with { Blocks = Replaced(turn.Blocks, byUrl) })] }, null);
    }

    public void Dispose() => http.Dispose();

    private static IEnumerable<MediaBlock> MediaOf(IEnumerable<Block> blocks) =>
        blocks.SelectMany(block => block is ToolResultBlock result ? result.Content : [block]).OfType<MediaBlock>();

    private static List<Block> Replaced(IReadOnlyList<Block> blocks, Dictionary<string, Fetched> byUrl) => [.. blocks.Select(block => block switch
    {
        ToolResultBlock result => result with { Content = Replaced(result.Content, byUrl) },
        MediaBlock { Url: { } url } media when byUrl.TryGetValue(url, out var file) => file.Into(media),
        _ => block,
    })];

    private async Task<Fetched> FetchAsync(string url, CancellationToken limited, CancellationToken asked)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http") || address.UserInfo.Length > 0)
        {
            return Fetched.Not(url, "it is no https address.");
        }

        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, address);
            message.Headers.TryAddWithoutValidation("user-agent", UpstreamHeaders.UserAgent);
            using var response = await http.SendAsync(message, limited);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return Fetched.Not(url, $"its server answered {(int)response.StatusCode}{((int)response.StatusCode is >= 300 and < 400 ? ", and redirects are not followed" : "")}.");
            }

            return await ReadAsync(url, response, limited);
        }
        catch (OperationCanceledException) when (!asked.IsCancellationRequested)
        {
            return Fetched.Not(url, $"its server did not answer within {Limit.TotalSeconds:0} seconds.");
        }
        catch (HttpRequestException exception) when (exception.InnerException is ForbiddenAddressException)
        {
            return Fetched.Not(url, "only public https addresses are fetched.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Fetched.Not(url, "its server could not be reached.");
        }
    }

    private static async Task<Fetched> ReadAsync(string url, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > MostBytes)
            {
                return Fetched.Not(url, $"it has more than {MostBytes / 1024 / 1024} MB.");
            }
        }

        return new Fetched(url, bytes.ToArray(), response.Content.Headers.ContentType?.MediaType, null);
    }

    private sealed record Fetched(string Url, byte[] Bytes, string? MediaType, string? Problem)
    {
        public static Fetched Not(string url, string problem) => new(url, [], null, problem);

        public MediaBlock Into(MediaBlock media) => media.Kind == MediaKind.Document && MediaType?.StartsWith("text/", StringComparison.OrdinalIgnoreCase) == true
            ? media with { Url = null, MediaType = "text/plain", Text = Encoding.UTF8.GetString(Bytes) }
            : media with { Url = null, MediaType = MediaType ?? media.MediaType, Base64 = Convert.ToBase64String(Bytes) };
    }
}
