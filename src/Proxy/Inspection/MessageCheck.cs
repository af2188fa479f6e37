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
    private bool _hasType;
    private bool _isReference;
    private BodyRange _id;
    private Member _member;

    private enum Member
    {
        Other,
        Role,
        Content,
        Type,
        Id,
    }

    /// <summary>What the messages contain that is no text.</summary>
    public readonly MediaCount Media => _media;

    /// <summary>The ids, with their quotes, of a response's items that are only named (<c>item_reference</c>, or nothing but an id); null: none.</summary>
    public List<BodyRange>? References { get; private set; }

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
            _member = reader.ValueTextEquals("role"u8) ? Member.Role
                : reader.ValueTextEquals("content"u8) ? Member.Content
                : _isOpen && reader.ValueTextEquals("type"u8) ? Member.Type
                : _isOpen && reader.ValueTextEquals("id"u8) ? Member.Id
                : Member.Other;
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
                NoteReference();
                return _hasRole || _isOpen ? null : Failure.Invalid("messages", $"'messages[{_index}].role' is required: a string.");
            case ElementDepth:
                _index++;
                (_hasRole, _hasType, _isReference, _id) = (false, false, false, default);
                return reader.TokenType == JsonTokenType.StartObject ? null : Failure.Invalid(_name, $"'{_name}[{_index}]' must be an object.");
            case MemberDepth when _member == Member.Role:
                _member = Member.Other;
                _hasRole = reader.TokenType == JsonTokenType.String;
                return null;
            case MemberDepth when _member == Member.Type:
                _member = Member.Other;
                _hasType = reader.TokenType == JsonTokenType.String;
                _isReference = _hasType && reader.ValueTextEquals("item_reference"u8);
                return null;
            case MemberDepth when _member == Member.Id:
                _member = Member.Other;
                _id = reader.TokenType == JsonTokenType.String
                    ? new BodyRange((int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex))
                    : default;
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

    private void NoteReference()
    {
        if (!_id.IsEmpty && (_isReference || !(_hasType || _hasRole)))
        {
            (References ??= []).Add(_id);
        }
    }
}
