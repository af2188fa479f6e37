using System.Text.Json.Serialization.Metadata;

namespace Gateway.Infrastructure.Json;

/// <summary>On a type of which a value seldom has most members: those that are null are not written.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OmitNullsAttribute : Attribute;

internal static class OmitNulls
{
    /// <summary>Only single members can be marked so in System.Text.Json 10, not whole types.</summary>
    public static void Apply(JsonTypeInfo type)
    {
        if (type.Type.IsDefined(typeof(OmitNullsAttribute), inherit: true))
        {
            foreach (var property in type.Properties)
            {
                property.ShouldSerialize = static (_, value) => value is not null;
            }
        }
    }
}
