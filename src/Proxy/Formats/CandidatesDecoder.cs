using System.Text.Json;

namespace Gateway.Proxy.Formats;

/// <summary>Reads several answers to one request, which come mixed: each by a decoder of its own. What is billed is what the platform says of all of them.</summary>
/// <param name="candidates">In the order of their numbers. The platform may give fewer answers than it was asked for.</param>
/// <param name="list">The member of an answer that lists them.</param>
internal sealed class CandidatesDecoder(IReadOnlyList<AnswerDecoder> candidates, string list) : AnswerDecoder
{
    protected override bool IsWhole => candidates.Any(candidate => candidate.HasStarted) && candidates.All(candidate => candidate.IsComplete || !candidate.HasStarted);

    public override void Finish()
    {
        foreach (var candidate in candidates)
        {
            candidate.Finish();
        }

        Take();
    }

    protected override EventVerdict ReadData(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        var verdict = EventVerdict.Forward;
        var concerned = Concerned(data);
        for (var i = 0; i < candidates.Count; i++)
        {
            // The first reads what is said of all: usage, failures.
            if (i > 0 && concerned?.Contains(i) == false)
            {
                continue;
            }

            var read = candidates[i].ReadEvent(name, data);
            if (read is EventVerdict.Failed or EventVerdict.Unreadable)
            {
                Failure = candidates[i].Failure;
                return read;
            }

            verdict = read == EventVerdict.ForwardContent ? read : verdict;
        }

        Take();
        return Failure is null ? verdict : EventVerdict.Failed;
    }

    protected override void ReadMessage(ReadOnlySpan<byte> body)
    {
        var json = JsonElement.Parse(body);
        foreach (var candidate in candidates)
        {
            candidate.ReadParsed(json, body);
            Failure ??= candidate.Failure;
        }

        Take();
    }

    /// <summary>Candidates with their numbers: as they are written, where Google leaves a zero out, or else by their place.</summary>
    public static IEnumerable<(long Number, JsonElement Candidate)> Numbered(IEnumerable<JsonElement> candidates)
    {
        var all = candidates.ToList();
        var hasNumbers = all.Exists(candidate => candidate.Integer("index") is not null);
        return all.Select((candidate, place) => (candidate.Integer("index") ?? (hasNumbers ? 0 : place), candidate));
    }

    /// <summary>Whom an event is for; null: all. That every one of them reads every event would cost the square of their number.</summary>
    private HashSet<long>? Concerned(ReadOnlySpan<byte> data) =>
        data[0] == '{' ? [.. Numbered(JsonElement.Parse(data).Items(list)).Select(pair => pair.Number)] : null;

    private void Take()
    {
        Usage = candidates[0].Usage;
        OutputBytes = candidates.Sum(candidate => candidate.OutputBytes);
        IsComplete = IsWhole;
        if (candidates.All(candidate => candidate.IsUnusable))
        {
            Failure ??= Neutral.Failure.Unusable;
        }
    }
}
