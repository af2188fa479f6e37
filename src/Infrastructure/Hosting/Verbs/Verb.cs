namespace Gateway.Infrastructure.Hosting.Verbs;

/// <summary>One thing that the program can do instead of serving.</summary>
/// <param name="Form">As it is written; words in capitals stand for values.</param>
/// <param name="Does">For the usage text.</param>
/// <param name="RunAsync">Gets a scope's services and the values in their order; returns the exit code.</param>
internal sealed record Verb(string Form, string Does, Func<IServiceProvider, string[], Task<int>> RunAsync)
{
    private readonly string[] _form = Form.Split(' ');

    public bool Matches(string[] words) =>
        words.Length == _form.Length && _form.Zip(words).All(pair => IsValue(pair.First) ? pair.Second.Length > 0 : pair.First == pair.Second);

    public string[] ValuesIn(string[] words) => [.. _form.Zip(words).Where(pair => IsValue(pair.First)).Select(pair => pair.Second)];

    private static bool IsValue(string word) => word.All(char.IsAsciiLetterUpper);
}
