using System.Buffers;
using System.IO.Pipelines;
using Simulator.Platforms;

namespace Simulator.Http;

/// <summary>Answers the benchmark credentials at next to no cost: nothing is checked, parsed or recorded.</summary>
internal sealed class BenchmarkUpstream(IEnumerable<ISimulatedPlatform> platforms, BenchmarkOptions options)
{
    private readonly BenchmarkAnswer[] _answers = [.. platforms.Select(platform => platform.Benchmark(options))];

    public BenchmarkAnswer? Find(IHeaderDictionary headers)
    {
        foreach (var answer in _answers)
        {
            if (headers.TryGetValue(answer.Header, out var value) && value == answer.Value)
            {
                return answer;
            }
        }

        return null;
    }

    public async Task AnswerAsync(HttpContext context, BenchmarkAnswer answer)
    {
        var response = context.Response;
        if (!await AsksForStreamAsync(context.Request.BodyReader) && !AsksForStream(context.Request.Path))
        {
            response.ContentType = "application/json";
            response.ContentLength = answer.Whole.Length;
            await response.BodyWriter.WriteAsync(answer.Whole, context.RequestAborted);
            return;
        }

        response.ContentType = answer.StreamType;
        foreach (var bytes in answer.Events)
        {
            await response.BodyWriter.WriteAsync(bytes, context.RequestAborted);
            if (options.ChunkDelayMs > 0)
            {
                await Task.Delay(options.ChunkDelayMs, context.RequestAborted);
            }
        }
    }

    /// <summary>Reads the body to its end, looking for <c>"stream":true</c> as text, wherever it stands.</summary>
    private static async ValueTask<bool> AsksForStreamAsync(PipeReader body)
    {
        const int longestMatchBytes = 16;
        var found = false;
        while (true)
        {
            var read = await body.ReadAsync();
            var buffer = read.Buffer;
            found = found || HoldsStreamTrue(buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray());
            if (read.IsCompleted)
            {
                body.AdvanceTo(buffer.End);
                return found;
            }

            // The tail is kept, for a match that two reads share.
            body.AdvanceTo(buffer.GetPosition(Math.Max(0, buffer.Length - longestMatchBytes)), buffer.End);
        }
    }

    /// <summary>Some platforms' clients say it in the address.</summary>
    private static bool AsksForStream(PathString path) =>
        path.Value!.EndsWith(":streamGenerateContent", StringComparison.Ordinal) || path.Value.EndsWith("/converse-stream", StringComparison.Ordinal);

    private static bool HoldsStreamTrue(ReadOnlySpan<byte> body) =>
        body.IndexOf("\"stream\":true"u8) >= 0 || body.IndexOf("\"stream\": true"u8) >= 0;
}
