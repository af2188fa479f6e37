#pragma warning disable OPENAI001 // OpenAI calls its newest API experimental in every release.

using OpenAI.Responses;

namespace Gateway.Tests.Support;

/// <summary>Calls of Responses with OpenAI's own client.</summary>
internal static class ResponseCalls
{
    /// <summary>The whole answer; of a stream, that of its last event.</summary>
    public static async Task<ResponseResult> AskAsync(this ResponsesClient client, CreateResponseOptions options, bool stream)
    {
        var cancel = TestContext.Current.CancellationToken;
        options.StreamingEnabled = stream;
        if (!stream)
        {
            return await client.CreateResponseAsync(options, cancel);
        }

        ResponseResult? result = null;
        await foreach (var update in await client.CreateResponseStreamingAsync(options, cancel))
        {
            result = update is StreamingResponseCompletedUpdate completed ? completed.Response : result;
        }

        return result.ShouldNotBeNull();
    }
}
