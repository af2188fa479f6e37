namespace Gateway.Benchmarks.Load;

/// <summary>A target has not answered as the upstream does: its figures would be worth nothing.</summary>
internal sealed class WrongReplyException(string message, Exception? innerException = null) : Exception(message, innerException);
