using System.Text.Json;
using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Features.Configs;

/// <summary>A setting that changes while the gateway runs.</summary>
/// <param name="Key">Name of the setting, for instance <c>log.level</c>.</param>
/// <param name="Value">What counts now.</param>
/// <param name="Type"><c>boolean</c>, <c>integer</c>, <c>number</c> or <c>string</c>: how value and default are written.</param>
/// <param name="Default">What counts as long as nobody sets another value; null: the setting is off, or follows another one, and may be set to null.</param>
/// <param name="Description">What the setting does, with its unit.</param>
/// <param name="Version">How often the setting was set; 0: never.</param>
/// <param name="UpdatedAt">When it was last set, UTC; null: never.</param>
public sealed record ConfigItem(string Key, JsonElement Value, string Type, JsonElement Default, string Description, int Version, DateTime? UpdatedAt)
{
    /// <param name="setting">Its declaration.</param>
    /// <param name="row">Its row; null: it was never set.</param>
    internal static ConfigItem Of(Setting setting, SystemConfig? row) => new(
        setting.Key,
        row is null ? setting.Default : setting.ValueOf(row.Value),
        setting.Type,
        setting.Default,
        setting.Description,
        row?.Version ?? 0,
        row?.UpdatedAtUtc);
}
