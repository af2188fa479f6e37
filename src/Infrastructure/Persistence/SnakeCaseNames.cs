using Gateway.Infrastructure.Json;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Infrastructure.Persistence;

internal static class SnakeCaseNames
{
    /// <summary>Columns, keys and indexes are named as the JSON is: <c>CreatedAtUtc</c> is column <c>created_at</c>.</summary>
    public static void UseSnakeCaseNames(this ModelBuilder modelBuilder)
    {
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties())
            {
                var name = property.Name.EndsWith("AtUtc", StringComparison.Ordinal) || property.Name is "PeriodUtc" or "UntilUtc" or "EffectiveFromUtc"
                    ? property.Name[..^"Utc".Length]
                    : property.Name;
                property.SetColumnName(Convert(name));
            }

            foreach (var index in entity.GetIndexes())
            {
                index.SetDatabaseName($"ix_{entity.GetTableName()}_{string.Join('_', index.Properties.Select(property => property.GetColumnName()))}");
            }
        }
    }

    private static string Convert(string name) => SnakeCase.Policy.ConvertName(name);
}
