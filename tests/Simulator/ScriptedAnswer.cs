using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Simulator;

/// <summary>
/// What the next request gets: <c>ScriptedAnswer.Text("Hello").WithUsage(input: 10, output: 5).CutAfterEvent(3)</c>. Immutable, so one
/// may serve as the start of several. Its JSON form is the body of the control API.
/// </summary>
public sealed partial record ScriptedAnswer
{
    /// <summary>
    /// The one path this answer is for. Null: whichever of chat completions, responses, messages and embeddings is called next; token counts
    /// and model lists take only answers that name them.
    /// </summary>
    public string? Path { get; init; }

    public ImmutableArray<AnswerPart> Parts { get; init; } = [];

    /// <summary>In how many pieces a text of one piece is streamed; null is word by word.</summary>
    public int? Chunks { get; init; }

    /// <summary>Null is the count of words (see the README).</summary>
    public ScriptedUsage? Usage { get; init; }

    /// <summary>False leaves the usage out everywhere, also where the client asked for it.</summary>
    public bool ReportsUsage { get; init; } = true;

    /// <summary>As the platform spells it; null follows from the parts.</summary>
    public string? StopReason { get; init; }

    /// <summary>Claude's <c>stop_sequence</c>.</summary>
    public string? StopSequence { get; init; }

    [JsonPropertyName("error")]
    public ScriptedError? Failure { get; init; }

    /// <summary>Null: the failure is the HTTP answer. A number: it is an event under status 200 that follows so many others.</summary>
    [JsonPropertyName("error_after_event")]
    public int? FailureAfterEvent { get; init; }

    public RawAnswer? Raw { get; init; }

    /// <summary>Headers that are added, or replace the platform's; null takes one away.</summary>
    public ImmutableDictionary<string, string?> Headers { get; init; } =
        ImmutableDictionary.Create<string, string?>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Lines of the stream end in CR LF.</summary>
    public bool Crlf { get; init; }

    /// <summary>Leaves out <c>[DONE]</c> or <c>message_stop</c>, and ends the reply in good order.</summary>
    public bool OmitsTerminalEvent { get; init; }

    /// <summary>This event's checksum is wrong, where the platform's streams have checksums. Counted from 1.</summary>
    public int? DamagedEvent { get; init; }

    public Delivery Delivery { get; init; } = Delivery.Plain;
}
