using System.Text.Json;
using CsCheck;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;
using Gateway.Tests.Support;

namespace Gateway.Tests.Proxy.Formats;

/// <summary>Random conversations keep on their way what both formats can carry.</summary>
public sealed class ConversationPropertyTests
{
    private static readonly (WireFormat Wire, string Model)[] Formats =
    [
        (WireFormat.OpenAiChat, "gpt-4o"), (WireFormat.OpenAiResponses, "gpt-4o"), (WireFormat.Claude, "claude-sonnet-4-5"), (WireFormat.Gemini, "gemini-2.5-flash"),
    ];

    private static readonly Gen<string> Text = Gen.OneOf(Gen.String[Gen.Char[' ', '~'], 1, 30], Gen.Const("世界 😀 \"quoted\" \\ back\nline\t")).Where(text => !string.IsNullOrWhiteSpace(text));

    private static readonly Gen<JsonElement> Arguments = Gen.Dictionary(Gen.String[Gen.Char['a', 'z'], 1, 6], Gen.OneOf(
            Text.Select(text => JsonSerializer.SerializeToElement(text)),
            Gen.Int.Select(number => JsonSerializer.SerializeToElement(number)),
            Gen.Bool.Select(truth => JsonSerializer.SerializeToElement(truth)),
            Gen.Const(JsonElement.Parse("null")),
            Gen.Const(JsonElement.Parse("""[1,{"deep":[]}]"""))))[0, 3].Select(members => JsonSerializer.SerializeToElement(members));

    private static readonly Gen<Block> Image = Gen.Byte.Array[0, 20]
        .Select(bytes => (Block)new MediaBlock(MediaKind.Image) { MediaType = "image/png", Base64 = Convert.ToBase64String([0x89, (byte)'P', (byte)'N', (byte)'G', .. bytes]) });

    private static readonly Gen<List<Block>> Said = Gen.OneOf(Text.Select(text => (Block)new TextBlock(text)), Image).List[1, 3];

    private static readonly Gen<(string? Text, (string Tool, JsonElement Arguments, string Result)[] Calls, List<Block> Next)> Round = Gen.Select(
        Gen.Bool.SelectMany(has => has ? Text.Select(text => (string?)text) : Gen.Const((string?)null)),
        Gen.Select(Gen.OneOf("look", "get_weather"), Arguments, Text).Array[0, 3],
        Said);

    private static readonly Gen<NeutralRequest> Request = Gen.Select(Text.List[0, 2], Said, Round.List[0, 4]).Select(Build);

    [Fact]
    public void A_conversation_survives_the_way_from_any_format_to_any_other() => Property.Holds(
        Request,
        300,
        request =>
        {
            var expected = Canonical(request);
            foreach (var (client, clientModel) in Formats)
            {
                var received = Through(request, client, clientModel);
                Canonical(received).ShouldBe(expected, $"as a client of {client} says it");
                foreach (var (platform, model) in Formats.Where(format => format.Wire != client))
                {
                    Canonical(Through(received, platform, model)).ShouldBe(expected, $"from {client} to {platform}");
                }
            }
        });

    private static NeutralRequest Through(NeutralRequest request, WireFormat wire, string model)
    {
        var target = Conversion.Target(model);
        var json = Conversion.Encode(request, wire, target);
        target.Refusal.ShouldBeNull();
        return ClientCodec.Of(wire).DecodeRequest(json, out var failure) ?? throw new InvalidOperationException(failure!.Message);
    }

    private static NeutralRequest Build(List<string> system, List<Block> first, List<(string? Text, (string Tool, JsonElement Arguments, string Result)[] Calls, List<Block> Next)> rounds)
    {
        var turns = new List<Turn> { new(TurnRole.User, first, "messages[0]") };
        foreach (var (text, calls, next) in rounds)
        {
            var made = calls.Select((call, index) => new ToolCallBlock($"call_{turns.Count}_{index}", call.Tool, call.Arguments)).ToList();
            turns.Add(new Turn(TurnRole.Assistant, [.. text is null && made.Count > 0 ? [] : (IEnumerable<Block>)[new TextBlock(text ?? "Yes.")], .. made], ""));
            turns.Add(new Turn(TurnRole.User, [.. made.Select((call, index) => new ToolResultBlock(call.Id, [new TextBlock(calls[index].Result)], IsError: false)), .. next], ""));
        }

        return new NeutralRequest
        {
            Names = Conversion.Decode(WireFormat.Claude, """{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"hi"}]}""").Names,
            Vendor = "none",
            Model = "m",
            System = [.. system.Select(text => new TextBlock(text))],
            Turns = turns,
            Tools = [new ToolDefinition("look", "Looks", null, null), new ToolDefinition("get_weather", null, JsonElement.Parse("""{"type":"object","properties":{"city":{"type":"string"}}}"""), null)],
        };
    }

    /// <summary>What every format says: who, texts, calls, results and images, in order. Ids differ, and texts may be parted elsewhere.</summary>
    private static string Canonical(NeutralRequest request)
    {
        var lines = new List<string> { $"system {string.Concat(request.System.Select(block => block.Text))}", $"tools {string.Join(',', request.Tools.Select(tool => tool.Name))}" };
        var role = (TurnRole?)null;
        foreach (var turn in request.Turns)
        {
            if (turn.Role != role)
            {
                lines.Add(turn.Role.ToString());
                role = turn.Role;
            }

            foreach (var block in turn.Blocks)
            {
                var line = Line(block);
                if (block is TextBlock text && lines[^1].StartsWith("text ", StringComparison.Ordinal))
                {
                    lines[^1] += text.Text;
                }
                else
                {
                    lines.Add(line);
                }
            }
        }

        return string.Join('\n', lines.Select(line => line.ReplaceLineEndings("\\n")));
    }

    private static string Line(Block block) => block switch
    {
        TextBlock text => $"text {text.Text}",
        MediaBlock media => $"image {media.Base64}",
        ToolCallBlock call => $"call {call.Name} {JsonSerializer.Serialize(call.Arguments)}",
        ToolResultBlock result => $"result {string.Concat(result.Content.OfType<TextBlock>().Select(text => text.Text))}",
        _ => block.GetType().Name,
    };
}
