using System.Net;
using System.Text;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Simulator;

public sealed class ResponseRulesTests(SharedSimulator simulator)
{
    private const string Call = """{"type":"function_call","call_id":"a","name":"f","arguments":"{}"}""";
    private const string Output = """{"type":"function_call_output","call_id":"a","output":"ok"}""";

    private readonly SimulatedAccount _account = simulator.Server.NewAccount(CredentialPrefix.OpenAi);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\"messages\":[]", "messages")]
    [InlineData("\"max_tokens\":100", "max_tokens")]
    [InlineData("\"response_format\":{}", "response_format")]
    [InlineData("\"stream_options\":{\"include_usage\":true}", "stream_options.include_usage")]
    [InlineData("\"previous_response_id\":\"resp_1\"", "previous_response_id")]
    [InlineData("\"max_output_tokens\":15", "max_output_tokens")]
    [InlineData("\"temperature\":3", "temperature")]
    [InlineData("\"store\":\"no\"", "store")]
    [InlineData("\"reasoning\":{\"effort\":\"high\"}", "reasoning.effort")]
    [InlineData("\"reasoning\":{\"summary\":\"long\"}", "summary")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", "tools[0].name")]
    [InlineData("\"tool_choice\":{\"type\":\"function\",\"name\":\"f\"}", "tool_choice")]
    [InlineData("\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"n\"}}", "text.format.schema")]
    public async Task A_setting_that_does_not_fit_is_refused_by_name(string setting, string param) =>
        (await ShouldRefuseAsync($$"""{"model":"gpt-4o","input":"hi",{{setting}}}""")).GetProperty("param").GetString().ShouldBe(param);

    [Theory]
    [InlineData("temperature", "1")]
    [InlineData("top_p", "0.5")]
    public async Task A_model_that_reasons_takes_no_sampling(string name, string value) =>
        (await ShouldRefuseAsync($$"""{"model":"gpt-5","input":"hi","{{name}}":{{value}}}""")).GetProperty("param").GetString().ShouldBe(name);

    [Theory]
    [InlineData(Call, "No tool output found")]
    [InlineData(Output, "No tool call found")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"hi"}]}""", "Invalid value: 'text'")]
    [InlineData("""{"role":"assistant","content":[{"type":"input_text","text":"hi"}]}""", "Invalid value: 'input_text'")]
    [InlineData("""{"role":"tool","content":"hi"}""", "Invalid value: 'tool'")]
    [InlineData("""{"type":"function_call","call_id":"a","name":"f","arguments":{}}""", "arguments")]
    [InlineData("""{"type":"reasoning","id":"rs_1","summary":[]}""", "not found")]
    [InlineData("""{"type":"reasoning","summary":[],"encrypted_content":"gw1.claude.any.x"}""", "could not be verified")]
    [InlineData("""{"type":"reasoning","summary":[],"encrypted_content":"x"}""", "required following item")]
    public async Task An_item_that_does_not_fit_is_refused(string item, string said) =>
        (await ShouldRefuseAsync($$"""{"model":"gpt-4o","input":[{{item}}]}""")).GetProperty("message").GetString()!.ShouldContain(said);

    [Fact]
    public async Task A_conversation_with_items_of_every_kind_passes()
    {
        using var response = await PostAsync($$"""{"model":"gpt-5","input":[{"role":"user","content":"hi"},{"type":"future"},{"type":"reasoning","summary":[],"encrypted_content":"x"},{{Call}},{{Output}}]}""");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("The tool said: ok");
    }

    private async Task<JsonElement> ShouldRefuseAsync(string body)
    {
        using var response = await PostAsync(body);
        var error = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel)).GetProperty("error");
        ((int)response.StatusCode).ShouldBeInRange(400, 404);
        _account.Refusals.Count.ShouldBe(1);
        return error;
    }

    private async Task<HttpResponseMessage> PostAsync(string body)
    {
        using var client = new HttpClient { BaseAddress = simulator.Server.Url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", _account.Credential);
        return await client.PostAsync("/v1/responses", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
    }
}
