using System.Buffers;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Inspection;

internal static class BodyReader
{
    private const int FirstGuess = 16 * 1024;

    /// <summary>Reads the whole body, once, into one pooled array.</summary>
    /// <returns>The body, or why it was refused. Bodies over the server's limit end in a <see cref="BadHttpRequestException"/>.</returns>
    public static async ValueTask<(PooledBody? Body, Failure? Failure)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding != "identity")
        {
            return (null, new Failure(FailureKind.UnsupportedMedia, "Compressed requests are not accepted: send the body without Content-Encoding."));
        }

        var limit = request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize ?? long.MaxValue;
        if (request.ContentLength > limit)
        {
            return (null, TooLarge(limit));
        }

        var array = ArrayPool<byte>.Shared.Rent((int)(request.ContentLength ?? FirstGuess) + 1);
        var length = 0;
        try
        {
            while (true)
            {
                var read = await request.Body.ReadAsync(array.AsMemory(length), cancellationToken);
                if (read == 0)
                {
                    var body = new PooledBody(array, length);
                    array = null;
                    return (body, null);
                }

                length += read;
                if (length == array.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(array.Length * 2);
                    array.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(array);
                    array = larger;
                }
            }
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, TooLarge(limit));
        }
        finally
        {
            if (array is not null)
            {
                ArrayPool<byte>.Shared.Return(array);
            }
        }
    }

    private static Failure TooLarge(long limit) =>
        new(FailureKind.TooLarge, $"The body is larger than {limit / (1024 * 1024)} MB, the most that this gateway accepts (Gateway:MaxBodyMb).");
}
