using System.Net;
using System.Security.Cryptography;

namespace Gateway.Proxy.Inspection;

/// <summary>The client's body with a few edits, sent upstream without copying it: untouched bytes are written from where they lie.</summary>
internal sealed class EditedBodyContent : HttpContent
{
    private readonly PooledBody _body;
    private readonly IReadOnlyList<BodyEdit> _edits;
    private readonly long _length;

    /// <param name="body">Held while it is being sent.</param>
    /// <param name="edits">In the order of their place, not overlapping.</param>
    public EditedBodyContent(PooledBody body, IReadOnlyList<BodyEdit> edits)
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

    /// <summary>Whether a connection was there and the body began to travel: from then on the upstream may act on it.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>SHA-256 of what is sent, without copying it.</summary>
    /// <exception cref="ObjectDisposedException">The request is over.</exception>
    public byte[] Hash()
    {
        ObjectDisposedException.ThrowIf(!_body.TryHold(), this);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var position = 0;
            foreach (var edit in _edits)
            {
                hash.AppendData(_body.Span[position..edit.Range.Start]);
                hash.AppendData(edit.Replacement);
                position = edit.Range.End;
            }

            hash.AppendData(_body.Span[position..]);
            return hash.GetHashAndReset();
        }
        finally
        {
            _body.Release();
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (!_body.TryHold())
        {
            throw new OperationCanceledException("The request is over.");
        }

        HasBegun = true;
        try
        {
            var position = 0;
            foreach (var edit in _edits)
            {
                await stream.WriteAsync(_body.Memory[position..edit.Range.Start], cancellationToken);
                await stream.WriteAsync(edit.Replacement, cancellationToken);
                position = edit.Range.End;
            }

            await stream.WriteAsync(_body.Memory[position..], cancellationToken);
        }
        finally
        {
            _body.Release();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }
}
