namespace Gateway.Infrastructure.Http;

/// <summary>The name of a model or an alias as a part of an address.</summary>
internal static class ModelInPath
{
    /// <summary>Google's collection of tuned models, which is a part of their names.</summary>
    public const string TunedModels = "tunedModels/";

    /// <summary>The server decodes every other character of a path, but leaves the slash to those who know whether it parts something.</summary>
    public static string Decode(string model) => model.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <param name="model">The route's value: with the address' end behind it when the name has a raw slash (<see cref="PathEndConstraint"/>).</param>
    public static string Decode(string model, string end) => Decode(model.EndsWith(end, StringComparison.Ordinal) ? model[..^end.Length] : model);
}
