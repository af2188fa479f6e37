using System.Text.Json;
using FluentValidation;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Validation;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Features.Accounts;

internal sealed class AccountOptionsValidator : AbstractValidator<AccountOptions>
{
    private const int MostCapabilities = 100;
    private const int CapabilitiesMaxLength = 65_536;

    public AccountOptionsValidator()
    {
        When(options => options.Profile is not null, () => RuleFor(options => options.Profile).OneOf("us", "eu", "apac", "jp", "au", "global", "none"));
        When(options => options.TokenEncoding is not null, () => RuleFor(options => options.TokenEncoding).OneOf("json", "form"));
        When(options => options.ChatUpstream is not null, () => RuleFor(options => options.ChatUpstream).OneOf("auto", "chat", "responses"));
        RuleFor(options => options.Capabilities).Cascade(CascadeMode.Stop)
            .Must(capabilities => capabilities is null || (capabilities.Count <= MostCapabilities && capabilities.All(IsCapability) && Length(capabilities) <= CapabilitiesMaxLength))
            .WithMessage($"Must be at most {MostCapabilities} objects by model pattern, with {CapabilitiesMaxLength} characters in all.")
            .Must((_, capabilities, context) =>
            {
                var wrong = capabilities?.Select(pair => (pair.Key, Problem: CapabilityOverrides.Problem(pair.Value))).FirstOrDefault(pair => pair.Problem is not null) ?? default;
                context.MessageFormatter.AppendArgument("Problem", $"'{wrong.Key}': {wrong.Problem}");
                return wrong.Problem is null;
            })
            .WithMessage("{Problem}");
    }

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
