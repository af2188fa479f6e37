using System.Text.Json;
using Gateway.Proxy.Scheduling;

namespace Gateway.Features.Models;

/// <summary>One model as OpenAI and Claude clients both read it: the members of both objects together.</summary>
internal static class ModelObject
{
    public static void Write(Utf8JsonWriter writer, ReachableModel model)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, model.Name);
        writer.WriteString("object"u8, "model"u8);
        writer.WriteNumber("created"u8, 0);
        writer.WriteString("owned_by"u8, model.Owner);
        writer.WriteString("type"u8, "model"u8);
        writer.WriteString("display_name"u8, model.Name);

        // "May be set to an epoch value if the release date is unknown" (Anthropic API reference, Models, read 2026-11).
        writer.WriteString("created_at"u8, "1970-01-01T00:00:00Z"u8);
        writer.WriteEndObject();
    }
}
