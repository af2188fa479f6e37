using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Inspection;

/// <summary>
/// Checks the outline of <c>messages</c> while the inspector walks over it: a non-empty array of objects with a role and a content. Of <c>input</c>, the
/// conversation of a response, and of Gemini's <c>contents</c> it only asks for objects: platforms add kinds of items that have neither.
/// </summary>
internal struct MessageCheck
{
    // Depths that the reader reports: the array's elements, and the members of an element.
    private const int ElementDepth = 2;
    private const int MemberDepth = 3;

    private MediaCount _media;
    private bool _inside;
    private bool _isOpen;
    private string _name;
    private int _index;
    private bool _hasRole;
    private Member _member;

    private enum Member
    {
        Other,
        Role,
        Content,
    }

    /// <summary>What the messages contain that is no text.</summary>
    public readonly MediaCount Media => _media;

    /// <summary>Called at the value of a checked top-level member.</summary>
    /// <param name="isArray">A conversation that is one text or one object has no elements to look at.</param>
    public void Enter(FieldRule rule, bool isArray)
    {
        _name = rule.Name;
        _isOpen = rule.Elements == Elements.Objects;
        _inside = isArray && rule.Elements != Elements.Any;
        _index = -1;
    }

    /// <summary>Called at every other property name.</summary>
    public void Property(ref Utf8JsonReader reader)
    {
        if (!_inside)
        {
            return;
        }

        _media.Property(ref reader);
        if (reader.CurrentDepth == MemberDepth)
        {
            _member = reader.ValueTextEquals("role"u8) ? Member.Role : reader.ValueTextEquals("content"u8) ? Member.Content : Member.Other;
        }
    }

    /// <summary>Called at every other token.</summary>
    public Failure? Value(ref Utf8JsonReader reader)
    {
        if (!_inside)
        {
            return null;
        }

        _media.Value(ref reader);
        switch (reader.CurrentDepth)
        {
            case 1 when reader.TokenType == JsonTokenType.EndArray:
                _inside = false;
                return _index < 0 && !_isOpen ? Failure.Invalid("messages", "'messages' must not be empty.") : null;
            case ElementDepth when reader.TokenType == JsonTokenType.EndObject:
                return _hasRole || _isOpen ? null : Failure.Invalid("messages", $"'messages[{_index}].role' is required: a string.");
            case ElementDepth:
                _index++;
                _hasRole = false;
                return reader.TokenType == JsonTokenType.StartObject ? null : Failure.Invalid(_name, $"'{_name}[{_index}]' must be an object.");
            case MemberDepth when _member == Member.Role:
                _member = Member.Other;
                _hasRole = reader.TokenType == JsonTokenType.String;
                return null;
            case MemberDepth when _member == Member.Content:
                _member = Member.Other;
                return _isOpen || reader.TokenType is JsonTokenType.String or JsonTokenType.StartArray or JsonTokenType.Null
                    ? null
                    : Failure.Invalid("messages", $"'messages[{_index}].content' must be a string or an array.");
            default:
                return null;
        }
    }
}
