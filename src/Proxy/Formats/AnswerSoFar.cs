using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>What a client has got of a streamed answer, for formats whose errors inside a stream go on from there.</summary>
internal sealed class AnswerSoFar
{
    public string Id { get; set; } = "";

    public string Model { get; set; } = "";

    /// <summary>Unix time in seconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Number of the event that comes next.</summary>
    public long NextNumber { get; set; }

    /// <summary>The parts of the answer that are whole, as JSON. Empty where nobody keeps them.</summary>
    public List<byte[]> Output { get; } = [];

    /// <summary>Known by now.</summary>
    public TokenUsage Usage { get; set; }
}
