using FluentValidation;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Features.Prices;

/// <summary>A model's name as it comes in a path.</summary>
internal static class ModelInPath
{
    public static IRuleBuilderOptions<T, string> ModelName<T>(this IRuleBuilderInitial<T, string> rule) => rule
        .NotEmpty()
        .MaximumLength(Account.ModelMaxLength)
        .Must(model => model is null || !model.Any(char.IsControl)).WithMessage("Control characters are not possible in a model's name.");

    /// <summary>The server decodes every other character, but leaves this one to those who know whether a slash ends a part of the path.</summary>
    public static string DecodeSlashes(string model) => model.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
