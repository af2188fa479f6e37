using System.Globalization;
using FluentValidation;

namespace Gateway.Infrastructure.Validation;

/// <summary>Rules for texts. Each says what is accepted in one sentence, so that a caller needs no second try.</summary>
internal static class TextRules
{
    public const int ListMaxCount = 200;

    /// <summary>Of a model's name, wherever it is written: columns, addresses and requests.</summary>
    public const int ModelMaxLength = 200;

    /// <summary>A name or label that people read: no control characters, and no space at its ends, which MySQL does not tell from none.</summary>
    public static IRuleBuilderOptions<T, string?> Label<T>(this IRuleBuilder<T, string?> rule, int longest) => rule
        .Must(text => IsLabel(text, longest))
        .WithMessage($"Must be 1 to {longest} characters, without control characters, and without spaces at the ends.");

    public static IRuleBuilderOptions<T, string?> OneOf<T>(this IRuleBuilder<T, string?> rule, params string[] accepted) => rule
        .Must(text => accepted.Contains(text, StringComparer.Ordinal))
        .WithMessage($"Must be one of: {string.Join(", ", accepted)}.");

    /// <summary>A list of texts; the message names the first that is wrong.</summary>
    public static IRuleBuilderOptionsConditions<T, IReadOnlyList<string>?> EachText<T>(
        this IRuleBuilder<T, IReadOnlyList<string>?> rule, int most, Func<string?, bool> accepts, string description) => rule.Custom((texts, context) =>
    {
        if (texts is null)
        {
            context.AddFailure("Must be a list: send [] for an empty one.");
        }
        else if (texts.Count > most)
        {
            context.AddFailure($"Must have at most {most} entries.");
        }
        else if (texts.Any(text => !accepts(text)))
        {
            context.AddFailure($"'{Shorten(texts.First(text => !accepts(text)))}' is not {description}.");
        }
    });

    /// <summary>The name of a model, or the beginning of names with a <c>*</c> behind it.</summary>
    public static IRuleBuilderOptionsConditions<T, IReadOnlyList<string>?> ModelPatterns<T>(this IRuleBuilder<T, IReadOnlyList<string>?> rule) => rule.EachText(
        ListMaxCount, IsModelPattern, $"a model name of 1 to {ModelMaxLength} characters; one * may stand at its end");

    public static bool IsLabel(string? text, int longest) =>
        text is { Length: > 0 } && text.Length <= longest && !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1]) && !text.Any(IsControl);

    public static bool IsModelPattern(string? text) =>
        IsLabel(text, ModelMaxLength) && text!.IndexOf('*') is var star && (star < 0 || star == text.Length - 1);

    // Line and paragraph separators break lines of logs and tables as control characters do.
    private static bool IsControl(char character) => char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Shorten(string? text) => text is { Length: > 60 } ? $"{text.AsSpan(0, 60)}…" : text ?? "null";
}
