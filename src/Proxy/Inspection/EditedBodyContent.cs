using System.Net;

namespace Gateway.Proxy.Inspection;

/// <summary>The client's body with a few edits, sent upstream without copying it: untouched bytes are written from where they lie.</summary>
internal sealed class EditedBodyContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _body;
    private readonly IReadOnlyList<BodyEdit> _edits;
    private readonly long _length;

    /// <param name="body">Must stay unchanged until the request was sent.</param>
    /// <param name="edits">In the order of their place, not overlapping.</param>
    public EditedBodyContent(ReadOnlyMemory<byte> body, IReadOnlyList<BodyEdit> edits)
    {
        _body = body;
        _edits = edits;
        _length = body.Length;
        foreach (var edit in edits)
        {
            _length += edit.Replacement.Length - edit.Range.Length;
        }

        Headers.TryAddWithoutValidation("Content-Type", "application/json");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var position = 0;
        foreach (var edit in _edits)
        {
            await stream.WriteAsync(_body[position..edit.Range.Start], cancellationToken);
            await stream.WriteAsync(edit.Replacement, cancellationToken);
            position = edit.Range.End;
        }

        await stream.WriteAsync(_body[position..], cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }
}
