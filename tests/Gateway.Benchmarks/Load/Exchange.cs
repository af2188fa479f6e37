using System.Net;
using System.Net.Http.Headers;
using Gateway.Benchmarks.Targets;

namespace Gateway.Benchmarks.Load;

/// <summary>The request that is sent again and again, and the bytes that must come back each time.</summary>
internal sealed class Exchange
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly byte[] _body;
    private readonly byte[] _reply;

    private Exchange(byte[] body, byte[] reply)
    {
        _body = body;
        _reply = reply;
    }

    /// <summary>Asks the upstream once, and checks that its answer is what the work is about.</summary>
    /// <exception cref="WrongReplyException">It is not.</exception>
    public static async Task<Exchange> LearnAsync(Target upstream, Work work, int chunks, CancellationToken cancellationToken)
    {
        var body = work.CreateBody();
        using var invoker = LoadGenerator.CreateInvoker();
        using var request = CreateRequest(upstream, body);
        using var response = await invoker.SendAsync(request, cancellationToken);
        var reply = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var isRight = response.StatusCode == HttpStatusCode.OK && (work.IsStream
            ? reply.AsSpan().EndsWith("data: [DONE]\n\n"u8) && reply.AsSpan().Count("data: "u8) > chunks
            : reply.Length is > 512 and < 2048);
        return isRight ? new Exchange(body, reply) : throw new WrongReplyException($"The simulator's answer to {work.Id} is not a benchmark answer.");
    }

    /// <summary>Sends the request and reads the whole reply.</summary>
    /// <param name="buffer">Room for a part of the reply.</param>
    /// <exception cref="WrongReplyException">Any byte differs from the upstream's, or there are more or fewer.</exception>
    public async Task RunAsync(HttpMessageInvoker invoker, Target target, byte[] buffer, CancellationToken cancellationToken)
    {
        using var request = CreateRequest(target, _body);
        using var response = await invoker.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new WrongReplyException($"status {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = 0;
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (read > _reply.Length - length || !buffer.AsSpan(0, read).SequenceEqual(_reply.AsSpan(length, read)))
            {
                throw new WrongReplyException($"other bytes than the upstream's, within {read} after the first {length}");
            }

            length += read;
        }

        if (length < _reply.Length)
        {
            throw new WrongReplyException($"the end after {length} of {_reply.Length} bytes");
        }
    }

    private static HttpRequestMessage CreateRequest(Target target, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, target.ChatUrl) { Content = new ByteArrayContent(body) { Headers = { ContentType = Json } } };
        request.Headers.TryAddWithoutValidation("Authorization", target.Authorization);
        return request;
    }
}
