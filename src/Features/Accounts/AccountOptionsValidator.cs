using System.Text.Json;
using FluentValidation;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Features.Accounts;

internal sealed class AccountOptionsValidator : AbstractValidator<AccountOptions>
{
    private const int MostCapabilities = 100;
    private const int CapabilitiesMaxLength = 65_536;

    public AccountOptionsValidator()
    {
        OneOf(RuleFor(options => options.Profile), "us", "eu", "apac", "jp", "au", "global", "none");
        OneOf(RuleFor(options => options.TokenEncoding), "json", "form");
        OneOf(RuleFor(options => options.ChatUpstream), "auto", "chat", "responses");
        RuleFor(options => options.Capabilities)
            .Must(capabilities => capabilities is null || (capabilities.Count <= MostCapabilities && capabilities.All(IsCapability) && Length(capabilities) <= CapabilitiesMaxLength))
            .WithMessage($"Must be at most {MostCapabilities} objects by model pattern, with {CapabilitiesMaxLength} characters in all.");
    }

    private static void OneOf(IRuleBuilder<AccountOptions, string?> rule, params string[] accepted) => rule
        .Must(value => value is null || accepted.Contains(value))
        .WithMessage($"Must be one of: {string.Join(", ", accepted)}; or null.");

    private static bool IsCapability(KeyValuePair<string, JsonElement> pair) =>
        AccountRules.IsModelName(pair.Key) && pair.Value.ValueKind == JsonValueKind.Object && CanBeStored(pair.Value);

    private static int Length(IReadOnlyDictionary<string, JsonElement> capabilities) => capabilities.Sum(pair => pair.Key.Length + pair.Value.GetRawText().Length);

    // Half of a surrogate pair, written as an escape, is well-formed JSON but no text that could be written again.
    private static bool CanBeStored(JsonElement value)
    {
        try
        {
            return JsonSerializer.Serialize(value).Length > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
