using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.Metering;

public sealed class UsageEstimateTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_with_an_image_whose_client_leaves_is_billed_for_an_image_and_not_for_its_bytes()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("Hel", "lo").StallAfterEvent(3));
        using var client = tenant.CreateClient(gateway.Server);
        var body = new
        {
            model = "gpt-5-mini",
            stream = true,
            messages = new[]
            {
                new
                {
                    role = "user",
                    content = new object[]
                    {
                        new { type = "text", text = new string('x', 4000) },
                        new { type = "image_url", image_url = new { url = "data:image/png;base64," + Convert.ToBase64String(new byte[3_000_000]) } },
                    },
                },
            },
        };

        string requestId;
        using (var response = await client.PostStreamAsync("/v1/chat/completions", body, Cancel))
        {
            requestId = response.RequestId();
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
            while (!(await reader.ReadLineAsync(Cancel))!.Contains("lo", StringComparison.Ordinal))
            {
            }
        }

        await tenant.Upstream.WaitForAbortAsync(cancellationToken: Cancel);
        var record = await tenant.UsageRecordAsync(requestId);
        record.GetProperty("usage_source").GetString().ShouldBe("estimated");
        record.GetProperty("input_tokens").GetInt64().ShouldBeInRange(3000, 3060); // the image, the text, and the JSON around them
    }
}
