namespace Gateway.Proxy.Platforms.Bedrock;

/// <summary>An answer in AWS' event stream, to be read as server-sent events.</summary>
internal sealed class EventStreamContent(HttpContent upstream, TranslateFrame translate) : TranslatedContent(upstream, "text/event-stream; charset=utf-8")
{
    protected override ValueTask<Stream> TranslateAsync(Stream upstream, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Stream>(new EventStreamReader(upstream, translate));
}
