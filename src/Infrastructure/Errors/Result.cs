namespace Gateway.Infrastructure.Errors;

/// <summary>A reply type that a pipeline behaviour can fail without reflection.</summary>
internal interface IFailable<TSelf>
    where TSelf : IFailable<TSelf>
{
    static abstract TSelf Fail(GatewayError error);

    GatewayError? Error { get; }
}

/// <summary>A value, or the reason why there is none.</summary>
internal readonly struct Result<T> : IFailable<Result<T>>
    where T : notnull
{
    private readonly T? _value;

    private Result(T? value, GatewayError? error)
    {
        _value = value;
        Error = error;
    }

    public GatewayError? Error { get; }

    /// <exception cref="InvalidOperationException">The result is a failure.</exception>
    public T Value => Error is null && _value is not null ? _value : throw new InvalidOperationException("A failed result has no value.");

    public static Result<T> Fail(GatewayError error) => new(default, error);

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(GatewayError error) => Fail(error);
}

/// <summary>The reply of a call that has nothing to say: <c>data</c> is null.</summary>
internal sealed class Nothing
{
    public static readonly Nothing Value = new();

    private Nothing()
    {
    }
}
