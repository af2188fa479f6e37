using Simulator;

namespace Gateway.Tests.Support;

/// <summary>Streams that break when the client has a part of the answer, at accounts of any platform.</summary>
internal static class BrokenStreams
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Each ends in an error, and not as one that is whole.</summary>
    /// <param name="end">What only a whole stream says, in the format of the path.</param>
    /// <param name="firstText">The event that brings the first text. What breaks before the client has anything is another account's to answer: the rest waits until it has.</param>
    public static async Task EndInAnErrorAsync(Tenant tenant, HttpClient client, string path, string model, string end, int firstText, params ScriptedAnswer[] broken)
    {
        object body = path switch
        {
            "/v1/messages" => Bodies.Message("hi", stream: true, model: model),
            "/v1/responses" => new { model, input = "hi", stream = true },
            _ => Bodies.Chat("hi", stream: true, model: model),
        };
        foreach (var answer in broken)
        {
            var gate = new Gate();
            tenant.Upstream.Enqueue(answer.HoldAfterEvent(firstText, gate));
            using var response = await client.PostStreamAsync(path, body, Cancel);
            gate.Open();
            var text = await response.Content.ReadAsStringAsync(Cancel);

            text.ShouldContain("Hel");
            text.ShouldContain("\"error\":");
            text.ShouldNotContain(end);
            text.ShouldNotContain("[DONE]");
        }
    }
}
