using System.Net;

namespace Gateway.Proxy.Platforms.Bedrock;

/// <summary>A reply in other words than it came in, made of it while it is read.</summary>
internal abstract class TranslatedContent : HttpContent
{
    private readonly HttpContent _upstream;

    /// <param name="upstream">The reply as it came; disposed with this.</param>
    /// <param name="contentType">Of the translation.</param>
    protected TranslatedContent(HttpContent upstream, string contentType)
    {
        _upstream = upstream;
        Headers.TryAddWithoutValidation("content-type", contentType);
    }

    /// <param name="upstream">The reply's bytes; the translation owns them.</param>
    /// <exception cref="IOException">The reply broke, or is not what it should be. The translation may say so later, too.</exception>
    protected abstract ValueTask<Stream> TranslateAsync(Stream upstream, CancellationToken cancellationToken);

    protected sealed override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected sealed override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        await TranslateAsync(await _upstream.ReadAsStreamAsync(cancellationToken), cancellationToken);

    protected sealed override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        using var translated = await CreateContentReadStreamAsync();
        await translated.CopyToAsync(stream);
    }

    protected sealed override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected sealed override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _upstream.Dispose();
        }

        base.Dispose(disposing);
    }
}
