using System.Text;
using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Scheduling.Sessions;

namespace Gateway.Proxy;

/// <summary>Why a request went where it went, for its log: candidates, the session, each attempt with what decided for its account and who was passed over.</summary>
internal static class DecisionTrace
{
    private const int MostErrorCharacters = 300;

    /// <returns>JSON.</returns>
    public static string Write(ProxyCall call)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("candidates", call.Route!.Candidates.Count);
            if (call.Session is { } session)
            {
                writer.WriteStartObject("session");
                writer.WriteString("id", session.Id);
                writer.WriteString("source", session.Source.Name());
                if (call.BoundAccountId is { } bound)
                {
                    writer.WriteNumber("account_id", bound);
                }

                writer.WriteEndObject();
            }

            if (call.KeyWaited >= TimeSpan.FromMilliseconds(1))
            {
                writer.WriteNumber("key_waited_ms", (long)call.KeyWaited.TotalMilliseconds);
            }

            writer.WriteStartArray("attempts");
            foreach (var attempt in call.Attempts)
            {
                writer.WriteStartObject();
                writer.WriteNumber("account_id", attempt.AccountId);
                writer.WriteString("upstream_model", attempt.UpstreamModel);
                writer.WriteString("chosen_by", attempt.ChosenBy.Name());
                if (attempt.WaitedMs > 0)
                {
                    writer.WriteNumber("waited_ms", attempt.WaitedMs);
                }

                Write(writer, attempt.PassedOver);
                writer.WriteNumber("status", attempt.Status);
                writer.WriteString("error_kind", attempt.Failure?.Kind.Name());
                writer.WriteString("error_message", Cut(attempt.Failure?.Evidence ?? attempt.Failure?.Message));
                writer.WriteNumber("duration_ms", attempt.DurationMs);
                if (attempt.LostNanoUsd > 0)
                {
                    writer.WriteNumber("lost_cost_usd", Money.ToUsd(attempt.LostNanoUsd));
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            Write(writer, call.PassedOver);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private static void Write(Utf8JsonWriter writer, PassedOver[] accounts)
    {
        if (accounts.Length == 0)
        {
            return;
        }

        writer.WriteStartArray("passed_over");
        foreach (var (accountId, state, mark) in accounts)
        {
            writer.WriteStartObject();
            writer.WriteNumber("account_id", accountId);
            writer.WriteString("state", state.Name());
            if (mark is { IsPause: true })
            {
                writer.WriteString("reason", mark.Kind.Name());
                writer.WriteString("until", mark.Until.UtcDateTime);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string? Cut(string? text) => text?.Length > MostErrorCharacters ? text[..MostErrorCharacters] : text;
}
