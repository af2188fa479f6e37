using System.Buffers;

namespace Simulator.Http;

/// <summary>Sends one answer as its <see cref="Delivery"/> says.</summary>
/// <param name="ending">Called before the last bytes go out, perhaps more than once.</param>
internal sealed class AnswerSender(
    HttpContext context, WireAnswer answer, ReceivedRequest received, Action ending, TimeProvider clock, CancellationToken cancellationToken)
{
    private readonly Delivery _delivery = answer.Delivery;
    private int _nextSplit;

    /// <exception cref="OperationCanceledException">The client left, or the server stops.</exception>
    public async Task<RequestOutcome> SendAsync()
    {
        try
        {
            await PauseAsync(_delivery.DelayBeforeHeadersMs);
            await PassAsync(_delivery.HeadersGate);
            await StallIfAsync(_delivery.StallBeforeHeaders);
            return _delivery.CutBeforeHeaders || await SendEventsAsync() ? await CutAsync() : await FinishAsync();
        }
        catch (OperationCanceledException) when (received.BytesSent >= answer.BodyBytes)
        {
            // The client knows the length, and may hang up on reading the last byte.
            return RequestOutcome.Finished;
        }
    }

    /// <summary>True: the connection is to be cut.</summary>
    private async Task<bool> SendEventsAsync()
    {
        await StartAsync();
        if (await WaitBehindAsync(0))
        {
            return true;
        }

        await PauseAsync(_delivery.DelayBeforeFirstEventMs);
        foreach (var bytes in answer.Events)
        {
            if (received.EventsSent == _delivery.EndAfterEvent)
            {
                break;
            }

            if (received.EventsSent > 0)
            {
                await PauseAsync(_delivery.DelayBetweenEventsMs);
            }

            if (await WriteAsync(bytes))
            {
                return true;
            }

            if (await WaitBehindAsync(received.EventsSent))
            {
                return true;
            }
        }

        return false;
    }

    private async Task StartAsync()
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers.Append(name, value);
        }

        // A script may name a length of its own.
        response.ContentLength ??= answer.BodyBytes;
        received.Answering(answer.Status);
        if (answer.BodyBytes is null)
        {
            await FlushAsync();
        }
    }

    /// <summary>Writes one event. True: the byte was reached where the connection is to be cut, and nothing behind it written.</summary>
    private async Task<bool> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var untilCut = _delivery.CutAtByte - received.BytesSent ?? long.MaxValue;
            if (untilCut <= 0)
            {
                return true;
            }

            var untilSplit = UntilSplit();
            var piece = bytes[..(int)Math.Min(bytes.Length, Math.Min(untilCut, untilSplit))];
            context.Response.BodyWriter.Write(piece.Span);
            received.SentBytes(piece.Length);
            bytes = bytes[piece.Length..];
            if (piece.Length == untilSplit)
            {
                await FlushAsync();
            }
        }

        // Before the flush, which a client that leaves on reading the event would end with an exception.
        received.SentEvent();
        if (_delivery.IsWholeEvents)
        {
            await FlushAsync();
        }

        return received.BytesSent == _delivery.CutAtByte;
    }

    private long UntilSplit()
    {
        if (_delivery.OneByteAtATime)
        {
            return 1;
        }

        var offsets = _delivery.SplitAt ?? [];
        while (_nextSplit < offsets.Count && offsets[_nextSplit] <= received.BytesSent)
        {
            _nextSplit++;
        }

        return _nextSplit < offsets.Count ? offsets[_nextSplit] - received.BytesSent : long.MaxValue;
    }

    /// <summary>Waits as the script says behind so many events. True: the connection is to be cut here.</summary>
    private async Task<bool> WaitBehindAsync(int eventCount)
    {
        await PassAsync(_delivery.Gates.GetValueOrDefault(eventCount));
        await StallIfAsync(eventCount == _delivery.StallAfterEvent);
        return eventCount == _delivery.CutAfterEvent;
    }

    private async Task PauseAsync(int delayMs)
    {
        if (delayMs > 0)
        {
            await FlushStartedAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(delayMs), clock, cancellationToken);
        }
    }

    private async Task PassAsync(Gate? gate)
    {
        if (gate is not null)
        {
            await FlushStartedAsync();
            await gate.PassAsync(cancellationToken);
        }
    }

    private async Task StallIfAsync(bool stalls)
    {
        if (stalls)
        {
            await FlushStartedAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
    }

    /// <summary>Before a wait, what was written so far must be on its way; before the headers that is nothing.</summary>
    private Task FlushStartedAsync() => received.StatusCode == 0 ? Task.CompletedTask : FlushAsync();

    private async Task FlushAsync()
    {
        if (received.BytesSent >= answer.BodyBytes)
        {
            ending();
        }

        await context.Response.BodyWriter.FlushAsync(cancellationToken);

        // Kestrel swallows writes to a client that has left.
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<RequestOutcome> CutAsync()
    {
        await FlushStartedAsync();

        // A reset: the client sees neither the end of a chunked body nor the rest of a counted one.
        context.Abort();
        return RequestOutcome.Cut;
    }

    private async Task<RequestOutcome> FinishAsync()
    {
        if (context.Response.ContentLength > received.BytesSent)
        {
            return await CutAsync();
        }

        ending();

        // Completing flushes only what ends a chunked body; the last piece of a counted one would stay behind (seen on .NET 10.0.12).
        await FlushAsync();
        await context.Response.CompleteAsync();
        return RequestOutcome.Finished;
    }
}
