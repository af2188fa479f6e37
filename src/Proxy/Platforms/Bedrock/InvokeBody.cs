using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.Claude;
using Gateway.Proxy.Inspection;

namespace Gateway.Proxy.Platforms.Bedrock;

/// <summary>Edits a Claude request so that InvokeModel takes it. What is not named here stays byte for byte.</summary>
/// <remarks>Source: Amazon Bedrock user guide, Anthropic Claude messages API, read 2026-11; and the README of <c>Data</c>.</remarks>
internal sealed class InvokeBody
{
    private const string Version = "bedrock-2023-05-31";
    private const long DefaultLimit = 4096;

    private readonly UpstreamBody _body;
    private readonly RequestTarget _target;
    private readonly InvokeRules _rules;
    private readonly IReadOnlyList<string[]> _learned;
    private readonly List<BodyEdit> _edits;
    private readonly List<string> _betas = [];
    private readonly HashSet<string> _fieldsOfLostBetas = new(StringComparer.Ordinal);
    private List<JsonMember> _members = [];
    private string? _instruction;

    private InvokeBody(in UpstreamBody body, RequestTarget target, InvokeRules rules, IReadOnlyList<string[]> learned, List<BodyEdit> edits)
    {
        _body = body;
        _target = target;
        _rules = rules;
        _learned = learned;
        _edits = edits;
    }

    private ReadOnlySpan<byte> Json => _body.Bytes.Span;

    /// <param name="learned">Paths of members that Bedrock has refused.</param>
    public static void CollectEdits(in UpstreamBody body, RequestTarget target, InvokeRules rules, IReadOnlyList<string[]> learned, List<BodyEdit> edits) =>
        new InvokeBody(body, target, rules, learned, edits).Run();

    private void Run()
    {
        _members = JsonMembers.Of(Json, 0);
        ReadBetas();
        foreach (var member in _members)
        {
            if (_rules.Refused.Contains(member.Name) && !IsEmpty(member))
            {
                _target.RefuseUnsupported(member.Name);
            }
        }

        JsonMembers.Remove(_members, IsRemoved, _edits);
        EditTools();
        EditOutputConfig();
        EditThinking();
        InvokeMessages.CollectEdits(Json, _members, _target, _edits);
        ClaudeForeignThinking.CollectEdits(Json, _target.Foreign, _edits);
        AddSystemText();
        AddMembers();
        if (_body.Operation == Operation.CountTokens || _learned.Any(path => path.Length > 1))
        {
            Rewrite();
        }
    }

    private JsonMember? Find(string name) => _members.Find(name);

    private bool IsEmpty(JsonMember member) => Json[member.ValueStart..member.End] is var value && (value.SequenceEqual("null"u8) || (value[0] == '[' && JsonMembers.Items(Json, member.ValueStart).Count == 0));

    private void ReadBetas()
    {
        foreach (var beta in _body.ClientHeaders["anthropic-beta"].SelectMany(static line => line?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? []))
        {
            AddBeta(beta);
        }

        if (Find("anthropic_beta") is { } inBody)
        {
            foreach (var item in JsonMembers.Items(Json, inBody.ValueStart))
            {
                if (JsonElement.Parse(Json.Slice(item.Start, item.Length)) is { ValueKind: JsonValueKind.String } beta)
                {
                    AddBeta(beta.GetString()!);
                }
            }
        }
    }

    private void AddBeta(string beta)
    {
        if (_rules.Beta(beta) is { } name)
        {
            if (!_betas.Contains(name))
            {
                _betas.Add(name);
            }
        }
        else if (!_rules.IsIdle(beta))
        {
            _target.Drop("anthropic-beta");
            _fieldsOfLostBetas.UnionWith(_rules.FieldsOf(beta));
        }
    }

    private bool IsRemoved(JsonMember member)
    {
        if (_rules.Idle.Contains(member.Name) || _rules.Refused.Contains(member.Name))
        {
            return true;
        }

        var isLost = _rules.Dropped.Contains(member.Name) || _fieldsOfLostBetas.Contains(member.Name) || _learned.Any(path => path is [var name] && name == member.Name);
        if (isLost)
        {
            _target.Drop(member.Name);
        }

        return isLost;
    }

    private void EditTools()
    {
        if (Find("tools") is not { } tools)
        {
            return;
        }

        var index = 0;
        foreach (var item in JsonMembers.Items(Json, tools.ValueStart))
        {
            var members = JsonMembers.Of(Json, item.Start);
            var type = members.Find(member => member.Name == "type");
            if (type.Name is not null && TextOf(type) is { } text && _rules.IsRefusedTool(text))
            {
                _target.Refuse($"tools[{index}].type", $"is '{text}', which runs at Anthropic only");
            }

            if (!_target.Capabilities.StrictTools)
            {
                JsonMembers.Remove(members, member => IsLost(member, "strict", $"{tools.Name}.strict"), _edits);
            }

            index++;
        }
    }

    private void EditOutputConfig()
    {
        if (Find("output_config") is not { } config)
        {
            return;
        }

        var isRemoved = IsRemoved(config);
        var members = JsonMembers.Of(Json, config.ValueStart);
        if ((isRemoved || !_target.Capabilities.StructuredOutput) && members.Find(member => member.Name == "format") is { Name: not null } format
            && JsonElement.Parse(Json[format.ValueStart..format.End]).Object("schema") is { } schema)
        {
            _instruction = $"Reply with a single JSON value that follows this JSON Schema, and nothing else:\n{Neutral.ToolArguments.Compact(schema)}";
        }

        if (isRemoved)
        {
            return; // An edit inside what goes as a whole would overlap with it.
        }

        JsonMembers.Remove(
            members,
            member => (!_target.Capabilities.StructuredOutput && IsLost(member, "format", "output_config.format")) || IsOfLostBeta(member, config),
            _edits);
    }

    private void EditThinking()
    {
        if (Find("thinking") is { } thinking && !IsRemoved(thinking))
        {
            JsonMembers.Remove(JsonMembers.Of(Json, thinking.ValueStart), member => IsOfLostBeta(member, thinking), _edits);
        }
    }

    private bool IsOfLostBeta(JsonMember member, JsonMember parent)
    {
        var path = $"{parent.Name}.{member.Name}";
        return _fieldsOfLostBetas.Contains(path) && IsLost(member, member.Name, path);
    }

    private bool IsLost(JsonMember member, string name, string field)
    {
        if (member.Name != name)
        {
            return false;
        }

        _target.Drop(field);
        return true;
    }

    /// <summary>Says in words what the model cannot be held to.</summary>
    private void AddSystemText()
    {
        if (_instruction is null)
        {
            return;
        }

        var block = $$"""{"type":"text","text":{{Encoding.UTF8.GetString(JsonText.Quote(_instruction))}}}""";
        if (Find("system") is not { } system)
        {
            AddLast($"\"system\":[{block}]");
        }
        else if (Json[system.ValueStart] == 'n')
        {
            _edits.Add(new BodyEdit(system.Value, Encoding.UTF8.GetBytes($"[{block}]")));
        }
        else if (Json[system.ValueStart] == '[')
        {
            var separator = JsonMembers.Items(Json, system.ValueStart).Count > 0 ? "," : "";
            _edits.Add(new BodyEdit(new BodyRange(system.End - 1, 0), Encoding.UTF8.GetBytes(separator + block)));
        }
        else
        {
            var text = Encoding.UTF8.GetString(Json[system.ValueStart..system.End]);
            var first = text == "\"\"" ? "" : $$"""{"type":"text","text":{{text}}},""";
            _edits.Add(new BodyEdit(system.Value, Encoding.UTF8.GetBytes($"[{first}{block}]")));
        }
    }

    private void AddMembers()
    {
        var added = new StringBuilder($"\"anthropic_version\":\"{Version}\"");
        if (_betas.Count > 0)
        {
            added.Append($",\"anthropic_beta\":[{string.Join(',', _betas.Select(beta => $"\"{beta}\""))}]");
        }

        if (_body.Operation == Operation.CountTokens && Find("max_tokens") is null)
        {
            // A whole request is counted, which has a limit, and one above any budget for thinking.
            added.Append(CultureInfo.InvariantCulture, $",\"max_tokens\":{_target.Capabilities.MaxOutputTokens ?? DefaultLimit}");
        }

        AddLast(added.ToString());
    }

    private void AddLast(string members)
    {
        // Several insertions at one place become one: their order is theirs.
        var place = new BodyRange(_members.Count > 0 ? _members[^1].End : 1, 0);
        var index = _edits.FindIndex(edit => edit.Range == place);
        if (index >= 0)
        {
            _edits[index] = new BodyEdit(place, [.. _edits[index].Replacement, .. Encoding.UTF8.GetBytes($",{members}")]);
        }
        else
        {
            _edits.Add(new BodyEdit(place, Encoding.UTF8.GetBytes($",{members}")));
        }
    }

    /// <summary>What lies deep inside is taken out of the edited text; a count wants the whole text inside another.</summary>
    private void Rewrite()
    {
        var json = JsonMembers.Apply(Json, _edits);
        foreach (var path in _learned.Where(path => path.Length > 1))
        {
            var edits = new List<BodyEdit>();
            if (RemovePath(json, 0, path, edits))
            {
                _target.Drop(string.Join('.', path.Where(segment => segment != "*")));
                json = JsonMembers.Apply(json, edits);
            }
        }

        if (_body.Operation == Operation.CountTokens)
        {
            json = CountBody(json);
        }

        _edits.Clear();
        _edits.Add(new BodyEdit(new BodyRange(0, Json.Length), json));
    }

    private static byte[] CountBody(byte[] request)
    {
        var output = new ArrayBufferWriter<byte>((request.Length * 4 / 3) + 64);
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("input"u8);
            writer.WriteStartObject("invokeModel"u8);
            writer.WriteBase64String("body"u8, request);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static bool RemovePath(ReadOnlySpan<byte> json, int start, ReadOnlySpan<string> path, List<BodyEdit> edits)
    {
        if (path[0] == "*")
        {
            var hasAny = false;
            foreach (var item in JsonMembers.Items(json, start))
            {
                hasAny |= RemovePath(json, item.Start, path[1..], edits);
            }

            return hasAny;
        }

        var name = path[0];
        var members = JsonMembers.Of(json, start);
        if (members.Find(member => member.Name == name) is not { Name: not null } found)
        {
            return false;
        }

        if (path.Length > 1)
        {
            return RemovePath(json, found.ValueStart, path[1..], edits);
        }

        JsonMembers.Remove(members, member => member.Name == name, edits);
        return true;
    }

    private string? TextOf(JsonMember member) => JsonElement.Parse(Json[member.ValueStart..member.End]) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
