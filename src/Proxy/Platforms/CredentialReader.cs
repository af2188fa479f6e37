using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Json;

namespace Gateway.Proxy.Platforms;

/// <summary>Reads the <c>credentials</c> of a request by the description of their platform.</summary>
internal sealed class CredentialReader(PlatformCatalogue catalogue)
{
    private const int TextMaxLength = 500;
    private const int SecretMaxLength = 16_384; // the longest are session tokens and JWTs of a few thousand characters

    /// <summary>The credentials, or which fields are missing, unknown or malformed. A member that is null counts as absent.</summary>
    public Result<AccountCredentials> Read(Platform platform, IReadOnlyDictionary<string, JsonElement> given)
    {
        var present = given.Where(member => member.Value.ValueKind != JsonValueKind.Null).ToDictionary(StringComparer.Ordinal);
        var allKinds = catalogue[platform].CredentialKinds;
        var kinds = allKinds.Where(kind => !kind.IsAmbient || catalogue.AllowsAmbientCredentials).ToList();
        if (allKinds.Except(kinds).Any(kind => Misfit(kind, present.Keys) == (0, 0)))
        {
            return GatewayError.Invalid(
                "credentials",
                $"This machine's own credentials are used only when the gateway was started with {PlatformCatalogue.AmbientSetting}=true. {Expected(kinds)}");
        }

        // The kind that was most likely meant: the one that fits, else the one that knows most of the fields and lacks fewest.
        var kind = kinds.MinBy(kind => Misfit(kind, present.Keys))!;
        var problems = new Dictionary<string, string[]>();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in present)
        {
            if (kind.Find(name) is not { } field)
            {
                problems[Path(name)] = [$"There is no such field here. {Expected(kinds)}"];
            }
            else if (Problem(field, value, out var text) is { } problem)
            {
                problems[Path(name)] = [problem];
            }
            else
            {
                values[name] = text;
            }
        }

        foreach (var field in kind.Fields.Where(field => field.Required && !present.ContainsKey(field.Name)))
        {
            problems[Path(field.Name)] = [$"Required. {Expected(kinds)}"];
        }

        return problems.Count > 0 ? GatewayError.Invalid(problems) : new AccountCredentials(kind.Id, values);
    }

    public static string Path(string field) => $"credentials.{field}";

    private static (int Unknown, int Missing) Misfit(CredentialKind kind, IReadOnlyCollection<string> given) => (
        given.Count(name => kind.Find(name) is null),
        kind.Fields.Count(field => field.Required && !given.Contains(field.Name)));

    private static string? Problem(CredentialField field, JsonElement value, out string text)
    {
        if (!TryGetText(value, out text))
        {
            return "Must be a string.";
        }

        if (field.Kind == FieldKind.Datetime)
        {
            var isTime = UtcTimeConverter.TryParse(text, out var utc);
            text = AccountCredentials.Text(utc);
            return isTime ? null : "Write an RFC 3339 time with an offset, such as 2026-11-23T08:00:00Z.";
        }

        var maxLength = field.Kind == FieldKind.Secret ? SecretMaxLength : TextMaxLength;
        return text.Length == 0 ? "Must not be empty."
            : text.Length > maxLength ? $"Must not be longer than {maxLength} characters."

            // All of them travel in headers or addresses, where a line break or a stray blank would do harm.
            : text.AsSpan().ContainsAnyExceptInRange('!', '~') ? "Only visible ASCII characters may stand here. Was a blank or a line break copied along?"
            : field.Options is { } options && !options.Contains(text) ? $"Must be one of: {string.Join(", ", options)}."
            : field.Check?.Invoke(text);
    }

    private static bool TryGetText(JsonElement value, out string text)
    {
        text = "";
        try
        {
            text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            return value.ValueKind == JsonValueKind.String;
        }
        catch (InvalidOperationException)
        {
            return false; // half of a surrogate pair, written as an escape
        }
    }

    /// <summary><c>Accepted: {region, api_key} or {region}.</c> Optional fields carry a question mark.</summary>
    private static string Expected(IEnumerable<CredentialKind> kinds) => "Accepted: " + string.Join(" or ", kinds.Select(kind =>
        $"{{{string.Join(", ", kind.Fields.Select(field => field.Required ? field.Name : field.Name + "?"))}}}")) + ".";
}
