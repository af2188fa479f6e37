using CsCheck;

namespace Gateway.Tests.Support;

/// <summary>Properties over random values that are the same in every run.</summary>
public static class Property
{
    /// <param name="count">How many values.</param>
    public static void Holds<T>(Gen<T> values, int count, Action<T> holds)
    {
        for (var i = 0; i < count; i++)
        {
            var value = values.Generate(new PCG((uint)i), null, out _);
            try
            {
                holds(value);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Value {i}: {exception.Message}", exception);
            }
        }
    }
}
