namespace Simulator.Control;

/// <summary>What an account has seen.</summary>
internal sealed record AccountReport(
    string Credential,
    int Received,
    int Refused,
    int Finished,
    int Aborted,
    int InFlight,
    int PeakInFlight,
    int Queued,
    IReadOnlyList<RequestReport> Last)
{
    public static AccountReport Of(SimulatedAccount account, int last)
    {
        var requests = account.Requests;
        return new AccountReport(
            account.Credential,
            requests.Count,
            account.Refusals.Count,
            account.FinishedCount,
            account.AbortedCount,
            account.InFlight,
            account.PeakInFlight,
            account.Queued,
            [.. requests.TakeLast(last).Select(RequestReport.Of)]);
    }
}

/// <summary>One request; the body as text, and exactly.</summary>
internal sealed record RequestReport(
    int Number,
    string Method,
    string Path,
    string Query,
    IReadOnlyDictionary<string, string> Headers,
    string BodyText,
    ReadOnlyMemory<byte> BodyBase64,
    DateTimeOffset ReceivedAt,
    int StatusCode,
    RequestOutcome Outcome,
    ScriptedError? Refusal,
    int EventsSent,
    long BytesSent)
{
    public static RequestReport Of(ReceivedRequest request) => new(
        request.Number,
        request.Method,
        request.Path,
        request.Query,
        request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()),
        request.Text,
        request.Body,
        request.ReceivedAt,
        request.StatusCode,
        request.Outcome,
        request.Refusal,
        request.EventsSent,
        request.BytesSent);
}
