using System.Text.Json;
using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Configs.SetConfig;

/// <summary>Sets a setting: at once on the instance that answers, and within 2 seconds on every other.</summary>
/// <param name="Value">The new value, of the setting's type; null goes back to a default of null.</param>
public sealed record SetConfigRequest(JsonElement Value) : IRequest<Result<ConfigItem>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;

    internal string Key { get; init; } = "";
}
