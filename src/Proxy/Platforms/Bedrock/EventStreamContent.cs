using System.Net;

namespace Gateway.Proxy.Platforms.Bedrock;

/// <summary>An answer in AWS' event stream, to be read as server-sent events.</summary>
internal sealed class EventStreamContent : HttpContent
{
    private readonly HttpContent _upstream;
    private readonly TranslateFrame _translate;

    public EventStreamContent(HttpContent upstream, TranslateFrame translate)
    {
        _upstream = upstream;
        _translate = translate;
        Headers.TryAddWithoutValidation("content-type", "text/event-stream; charset=utf-8");
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new EventStreamReader(await _upstream.ReadAsStreamAsync(cancellationToken), _translate);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        using var events = await CreateContentReadStreamAsync();
        await events.CopyToAsync(stream);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _upstream.Dispose();
        }

        base.Dispose(disposing);
    }
}
