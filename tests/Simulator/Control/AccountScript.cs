namespace Simulator.Control;

/// <summary>The body of a script call: what replaces the script of an account.</summary>
internal sealed record AccountScript
{
    public IReadOnlyList<ScriptedAnswer> Answers { get; init; } = [];

    public ScriptedAnswer? Default { get; init; }

    public HashSet<string>? Models { get; init; }
}
