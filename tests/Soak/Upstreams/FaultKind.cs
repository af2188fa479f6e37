using System.Globalization;
using Simulator;

namespace Soak.Upstreams;

/// <summary>What an upstream does wrong for a while.</summary>
/// <param name="Name">As the report calls it.</param>
/// <param name="Script">What its requests get; random within the kind.</param>
/// <param name="Grace">How long after its end the gateway may still leave the account alone for it.</param>
internal sealed record FaultKind(string Name, Func<Random, ScriptedAnswer> Script, TimeSpan Grace)
{
    private static readonly string[] Words = [.. Enumerable.Range(1, 12).Select(number => string.Create(CultureInfo.InvariantCulture, $"word{number} "))];

    // An attempt that began inside the fault, and a pause of at most 3.3 seconds.
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterLimit = TimeSpan.FromSeconds(5);

    /// <summary>The operator recovers the account at its end, which every instance knows within two seconds.</summary>
    public static FaultKind Refused { get; } = new("401", _ => ScriptedAnswer.Error(401), TimeSpan.FromSeconds(3));

    public static IReadOnlyList<FaultKind> All { get; } =
    [
        new("529", _ => ScriptedAnswer.Error(529), Short),
        new("503", _ => ScriptedAnswer.Error(503), Short),
        new("500", _ => ScriptedAnswer.Error(500), Short),
        new("429", random => ScriptedAnswer.RateLimited(retryAfterSeconds: random.Next(1, 4)), AfterLimit),
        Refused,
        new("cut before headers", _ => ScriptedAnswer.Text(Words).CutBeforeHeaders(), Short),
        new("cut mid-stream", random => ScriptedAnswer.Text(Words).CutAfterEvent(random.Next(1, 9)), Short),
        new("stall before headers", _ => ScriptedAnswer.Text(Words).StallBeforeHeaders(), Short),
        new("stall mid-stream", random => ScriptedAnswer.Text(Words).StallAfterEvent(random.Next(1, 9)), Short),
        new("slow", _ => ScriptedAnswer.Text(Words).DelayBeforeHeaders(TimeSpan.FromMilliseconds(400)).DelayBetweenEvents(TimeSpan.FromMilliseconds(200)), TimeSpan.Zero),
    ];
}
