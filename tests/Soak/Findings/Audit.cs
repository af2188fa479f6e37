using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Simulator;
using Soak.Gateways;
using Soak.Load;
using Soak.Upstreams;

namespace Soak.Findings;

/// <summary>Holds what the gateways wrote down against what the clients and the upstreams saw.</summary>
internal sealed partial class Audit(IReadOnlyList<GatewayNode> nodes, ManagementApi api, IReadOnlyList<Upstream> upstreams, IReadOnlyList<SentRequest> sent)
{
    // The default of proxy.most_attempts.
    private const int MostAttempts = 3;

    // A record is in Redis within a second of its request's end; the instance that syncs may ask a little earlier.
    private static readonly TimeSpan SyncLimit = TimeSpan.FromSeconds(20);

    public async Task<AuditResult> RunAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            await api.PostAsync("api/admin/sync", new { }, cancellationToken);
            var records = await api.ListAsync("api/admin/usage/records", cancellationToken);
            var logs = await api.ListAsync("api/admin/request-logs", cancellationToken);
            var byNumber = logs.Where(log => NumberOf(log) is not null).ToLookup(log => NumberOf(log)!.Value);
            var result = new AuditResult
            {
                Sent = sent,
                Failed = [.. sent.Where(request => request.Ending is Ending.Refused or Ending.Broken).Select(request => Judge(request, byNumber[request.Number].FirstOrDefault()))],
                Failovers = logs.Count(log => log.GetProperty("attempts").GetInt32() > 1),
                WaitsMs = [.. logs.SelectMany(AttemptsOf).Select(WaitedMs).Where(waited => waited > 0).Order()],
                Records = records.Count,
                Lost = Lost(records, byNumber),
                Duplicates = [.. Duplicates(records, byNumber)],
                Differences = await DifferencesAsync(records, cancellationToken),
            };
            if ((result.Lost.Count == 0 && result.Duplicates.Count == 0 && result.Differences.Count == 0) || Stopwatch.GetElapsedTime(started) > SyncLimit)
            {
                return result;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }
    }

    private FailedRequest Judge(SentRequest request, JsonElement log)
    {
        var hasLog = log.ValueKind == JsonValueKind.Object;
        if (request.Ending == Ending.Broken && nodes.First(node => node.Number == request.Node).WasAway(request.From, request.Until))
        {
            return new FailedRequest(request, "gateway killed", true, "");
        }

        var kind = hasLog ? log.GetProperty("error_kind").GetString() ?? "no error" : "no log";
        var isInside = hasLog && log.GetProperty("first_token_ms").ValueKind == JsonValueKind.Number;
        var trace = hasLog && log.GetProperty("trace") is { ValueKind: JsonValueKind.Object } written ? written : default;
        var busy = trace.ValueKind == JsonValueKind.Object && trace.TryGetProperty("passed_over", out var passedOver)
            ? passedOver.EnumerateArray().Where(account => account.GetProperty("state").GetString() == "busy").Select(account => account.GetProperty("account_id").GetInt64()).ToHashSet()
            : [];
        var couldServe = upstreams.Any(upstream => upstream.Platform == request.Platform && !busy.Contains(upstream.AccountId) && upstream.IsHealthy(request.From, request.Until));

        var hasTriedAll = trace.ValueKind == JsonValueKind.Object && trace.TryGetProperty("attempts", out var attempts) && attempts.GetArrayLength() >= MostAttempts;

        // Once content has reached the client no other account may go on; a limit of the client's own key concerns no account; a request tries so many accounts and no more.
        // "Well" is strict in one direction only: an account that had a fault at some moment of a long request might have served it at another.
        var isExcused = request.Ending == Ending.Refused && ((isInside && request.Status == 200) || kind == "limit_client" || hasTriedAll || !couldServe);
        var status = request.Status == 0 ? "no status" : request.Status.ToString(CultureInfo.InvariantCulture);
        var cause = $"{status} {kind}{(isInside ? " after content" : "")}{(request.Ending == Ending.Broken ? " (connection)" : "")}{(busy.Count > 0 ? " (busy)" : "")}{(!isInside && !couldServe ? " (no account was well all the time)" : hasTriedAll ? $" ({MostAttempts} accounts failed it, as many as it may try)" : "")}";
        return new FailedRequest(request, cause, isExcused, hasLog ? $"{log.GetProperty("error_message").GetString()} {trace}" : request.Note ?? "");
    }

    private List<string> Lost(List<JsonElement> records, ILookup<int, JsonElement> logs)
    {
        var known = records.Select(IdOf).ToHashSet();
        var completed = records.Where(record => record.GetProperty("status").GetString() == "completed").Select(IdOf).ToHashSet();
        var lost = sent
            .Where(request => request is { Status: 200, RequestId: { } id } && !(request.Ending == Ending.Answered ? completed : known).Contains(id))
            .ToDictionary(
                request => request.Number,
                request => $"request {request.RequestId} ({request.Number}) ended as {request.Ending} and has no record{(known.Contains(request.RequestId!) ? " as completed" : "")}");

        // The upstreams' own list is the referee of what was carried out, whether or not the client was there to see it.
        foreach (var number in Answers().Select(answer => answer.Number).Distinct())
        {
            var ids = logs[number].Select(IdOf).ToList();
            if (ids.Count > 0 && !ids.Exists(known.Contains))
            {
                lost.TryAdd(number, $"request {ids[0]} ({number}) was answered upstream and has no record");
            }
        }

        return [.. lost.Values];
    }

    private IEnumerable<string> Duplicates(List<JsonElement> records, ILookup<int, JsonElement> logs)
    {
        var known = records.Select(IdOf).ToList();
        foreach (var twice in known.GroupBy(id => id).Where(group => group.Count() > 1))
        {
            yield return $"record {twice.Key} is listed {twice.Count()} times";
        }

        var charged = known.ToHashSet();
        foreach (var group in logs)
        {
            var ids = group.Select(IdOf).Where(charged.Contains).Distinct().ToList();
            if (ids.Count > 1)
            {
                yield return $"request {group.Key} is charged as {string.Join(", ", ids)}";
            }
        }

        foreach (var answers in Answers().GroupBy(answer => answer.Number).Where(group => group.Count() > 1))
        {
            yield return $"request {answers.Key} was answered in full {answers.Count()} times, by {string.Join(", ", answers.Select(answer => answer.Upstream))}";
        }
    }

    /// <summary>Sums that differ from the records that they are of.</summary>
    private async Task<List<string>> DifferencesAsync(List<JsonElement> records, CancellationToken cancellationToken)
    {
        var differences = new List<string>();
        var totals = (await api.GetAsync("api/admin/usage", cancellationToken)).GetProperty("totals");
        Compare("requests", records.Count, totals.GetProperty("requests").GetDecimal());
        foreach (var name in (string[])["input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cost_usd", "billed_usd"])
        {
            Compare(name, records.Sum(record => record.GetProperty(name).GetDecimal()), totals.GetProperty(name).GetDecimal());
        }

        foreach (var key in (await api.GetAsync("api/admin/api-keys?page_size=200", cancellationToken)).GetProperty("items").EnumerateArray())
        {
            var id = key.GetProperty("id").GetInt64();
            var billed = records.Where(record => record.GetProperty("api_key_id").GetInt64() == id).Sum(record => record.GetProperty("billed_usd").GetDecimal());
            Compare($"spent_usd of key {id}", billed, key.GetProperty("spent_usd").GetDecimal());
        }

        var sync = await api.GetAsync("api/admin/sync", cancellationToken);
        Compare("refused_records", 0, sync.GetProperty("refused_records").GetDecimal());
        return differences;

        void Compare(string name, decimal ofRecords, decimal sum)
        {
            if (ofRecords != sum)
            {
                differences.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: {sum} in sum, {ofRecords} in the records"));
            }
        }
    }

    /// <summary>What upstreams answered in full.</summary>
    private IEnumerable<(int Number, string Upstream)> Answers() =>
        from upstream in upstreams
        from request in upstream.Account.Requests
        where request is { StatusCode: 200, Outcome: RequestOutcome.Finished }
        let match = SoakText().Match(request.Text)
        where match.Success
        select (int.Parse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture), upstream.Account.Credential);

    private static IEnumerable<JsonElement> AttemptsOf(JsonElement log) =>
        log.GetProperty("trace") is { ValueKind: JsonValueKind.Object } trace ? trace.GetProperty("attempts").EnumerateArray() : [];

    private static long WaitedMs(JsonElement attempt) => attempt.TryGetProperty("waited_ms", out var waited) ? waited.GetInt64() : 0;

    private static int? NumberOf(JsonElement log) =>
        log.GetProperty("user_agent").GetString()?.Split('/') is [LoadClient.UserAgent, var number] ? int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    private static string IdOf(JsonElement row) => row.GetProperty("request_id").GetString()!;

    [GeneratedRegex("soak-([0-9]+) ")]
    private static partial Regex SoakText();
}
