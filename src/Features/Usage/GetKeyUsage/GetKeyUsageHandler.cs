using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Metering.Limits;
using MediatR;

namespace Gateway.Features.Usage.GetKeyUsage;

internal sealed class GetKeyUsageHandler(LimitCounters counters, RedisClock clock) : IRequestHandler<GetKeyUsageRequest, ProxyReply>
{
    private static readonly LimitRule Spending = new(LimitMeasure.Usd, LimitPeriod.Lifetime, long.MaxValue);

    public async Task<ProxyReply> Handle(GetKeyUsageRequest request, CancellationToken cancellationToken)
    {
        var http = request.Http;
        var key = http.ApiKey();
        var now = clock.UtcNow;
        var spent = (await counters.ReadStoredAsync(LimitOwner.Of(key), [Spending], now, cancellationToken))[0].Used;
        var limits = await counters.ReadAsync(LimitOwner.Of(key), now, cancellationToken);

        http.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(http.Response.BodyWriter, JsonText.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("object"u8, "usage"u8);
        writer.WriteNumber("spent_usd"u8, Money.ToUsd(spent));
        writer.WriteStartArray("limits"u8);
        foreach (var limit in limits)
        {
            Write(writer, limit);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        return ProxyReply.Done;
    }

    private static void Write(Utf8JsonWriter writer, UsedOfLimit limit)
    {
        var rule = limit.Rule;
        writer.WriteStartObject();
        writer.WriteString("measure"u8, rule.Measure.Name());
        writer.WriteString("window"u8, rule.Period.Name());
        WriteAmount("limit", rule.Limit);
        WriteAmount("used", limit.Used);
        WriteAmount("reserved", limit.Reserved);
        WriteAmount("remaining", limit.Left);
        if (rule.Period == LimitPeriod.Lifetime)
        {
            writer.WriteNull("resets_at"u8);
        }
        else
        {
            writer.WriteString("resets_at"u8, limit.Window.EndUtc);
        }

        writer.WriteStartArray("models"u8);
        foreach (var model in rule.Models)
        {
            writer.WriteStringValue(model);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();

        void WriteAmount(string name, long amount)
        {
            if (rule.Measure == LimitMeasure.Usd)
            {
                writer.WriteNumber(name, Money.ToUsd(amount));
            }
            else
            {
                writer.WriteNumber(name, amount);
            }
        }
    }
}
