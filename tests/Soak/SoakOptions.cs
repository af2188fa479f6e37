using System.Globalization;

namespace Soak;

/// <summary>What the command line asks for.</summary>
/// <param name="Minutes">How long clients send requests, 1 to 1440.</param>
/// <param name="Seed">Of everything random: the same faults come in the same order.</param>
/// <param name="Clients">Clients at the same time, 1 to 1000.</param>
internal sealed record SoakOptions(int Minutes = 10, int Seed = 1, int Clients = 30)
{
    public const string Usage = """
        tests/soak.sh [options]

          --minutes N     how long clients send requests, 1 to 1440 (10)
          --seed N        seed of everything random, 0 to 1000000 (1)
          --clients N     clients at the same time, 1 to 1000 (30)
        """;

    /// <returns>Null: an argument is wrong.</returns>
    public static SoakOptions? Parse(string[] args)
    {
        var options = new SoakOptions();
        for (var i = 0; i < args.Length; i += 2)
        {
            if (!int.TryParse(args.ElementAtOrDefault(i + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            switch (args[i])
            {
                case "--minutes" when number is >= 1 and <= 1440:
                    options = options with { Minutes = number };
                    break;
                case "--seed" when number <= 1_000_000:
                    options = options with { Seed = number };
                    break;
                case "--clients" when number is >= 1 and <= 1000:
                    options = options with { Clients = number };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
