using System.Buffers;
using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>Writes a neutral request as one platform takes it. What cannot be said there is told to the target. One per attempt; not thread-safe.</summary>
internal abstract class RequestEncoder(NeutralRequest request, RequestTarget target)
{
    protected NeutralRequest Request { get; } = request;

    protected RequestTarget Target { get; } = target;

    /// <returns>The body; meaningless when the target holds a refusal.</returns>
    public ReadOnlyMemory<byte> Encode()
    {
        foreach (var field in Request.Untranslatable)
        {
            Target.Drop(field);
        }

        var output = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(output, JsonText.WriterOptions))
        {
            Write(writer);
        }

        return output.WrittenMemory;
    }

    protected abstract void Write(Utf8JsonWriter writer);

    /// <summary>A value that is clamped into the platform's range.</summary>
    protected double? Clamp(double? value, double most, string field)
    {
        if (value > most)
        {
            Target.Drop(field);
            return most;
        }

        return value;
    }

    /// <summary>The client's limit on output tokens, as far as the model goes.</summary>
    protected long? OutputLimit()
    {
        if (Request.MaxOutputTokens > Target.Capabilities.MaxOutputTokens)
        {
            Target.Drop(Request.Names.MaxOutputTokens);
            return Target.Capabilities.MaxOutputTokens;
        }

        return Request.MaxOutputTokens;
    }

    /// <summary>Stop sequences as many as the platform takes.</summary>
    protected IReadOnlyList<string> StopSequences(int most, bool takesBlank)
    {
        var all = Request.StopSequences.Where(text => text.Length > 0 && (takesBlank || !string.IsNullOrWhiteSpace(text))).ToList();
        if (!Target.Capabilities.StopSequences && all.Count > 0)
        {
            Target.Drop(Request.Names.StopSequences);
            return [];
        }

        if (all.Count > most || all.Count < Request.StopSequences.Count)
        {
            Target.Drop(Request.Names.StopSequences);
        }

        return all.Take(most).ToList();
    }

    /// <summary>Refuses what would change the shape of the answer.</summary>
    /// <param name="mostCandidates">Most answers to one request.</param>
    protected void RefuseOtherShapes(long mostCandidates, bool givesLogprobs)
    {
        if (Request.Candidates > mostCandidates)
        {
            Target.Refuse(Request.Names.Candidates, $"must not be above {mostCandidates} for this model");
        }

        if (Request.TopLogprobs is not null && !givesLogprobs)
        {
            Target.RefuseUnsupported(Request.Names.TopLogprobs);
        }
    }

    /// <summary>Refuses what only OpenAI's and Google's platforms have, where it would change the shape of the answer, and drops what tunes it.</summary>
    protected void WithoutOpenAiOnly()
    {
        RefuseOtherShapes(mostCandidates: 1, givesLogprobs: false);
        DropIf(Request.PresencePenalty is not (null or 0), Request.Names.PresencePenalty);
        DropIf(Request.FrequencyPenalty is not (null or 0), Request.Names.FrequencyPenalty);
        DropIf(Request.Seed is not null, Request.Names.Seed);
        DropIf(Request.Verbosity is not (null or "medium"), Request.Names.Verbosity);
    }

    protected void DropIf(bool isSet, string field)
    {
        if (isSet)
        {
            Target.Drop(field);
        }
    }
}
