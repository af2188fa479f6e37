using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Features.ModelAliases;

/// <summary>A name that stands for a list of models.</summary>
/// <param name="Alias">What clients may request.</param>
/// <param name="Models">The models, in the order in which they are tried.</param>
/// <param name="UpdatedAt">When the list was last set, UTC.</param>
public sealed record ModelAliasView(string Alias, IReadOnlyList<string> Models, DateTime UpdatedAt)
{
    internal static ModelAliasView Of(ModelAlias row) => new(row.Alias, row.Models, row.UpdatedAtUtc);
}
