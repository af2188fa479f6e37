using Gateway.Proxy.Formats;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling;

namespace Gateway.Proxy.Streaming;

/// <summary>Brings a stream to the client, events as they arrive, whole, and nothing before it is certain that the upstream is at work.</summary>
internal sealed class StreamRelay(ClientWriter writer, AnswerBindings bindings, Meter meter, TimeProvider clock)
{
    private const int ReadBytes = 16 * 1024;

    // A full array is one byte too many.
    private const int MostEventBytes = EventBuffers.MostBytes - 1;

    public async Task<AttemptEnd> RelayAsync(ProxyCall call, HttpResponseMessage response, CallCancellation end)
    {
        var status = (int)response.StatusCode;
        var converter = call.Converter as AnswerConverter;
        using var upstream = await response.Content.ReadAsStreamAsync(end.Token);
        var window = new EventWindow(ReadBytes, MostEventBytes);
        var hasContent = false;
        var hasBegun = false;
        try
        {
            while (true)
            {
                int read;
                try
                {
                    end.AwaitBytes();
                    var reading = upstream.ReadAsync(window.Free(), end.Token);
                    read = reading.IsCompletedSuccessfully ? reading.Result : await WaitAsync(reading.AsTask());
                }
                catch (Exception exception) when (exception is IOException or HttpRequestException)
                {
                    read = 0; // A connection that breaks is an answer that ends too early.
                }

                if (read == 0)
                {
                    window.Finish();
                }

                window.Add(read);
                var hasFailed = false;
                var failed = ReadOnlyMemory<byte>.Empty;
                while (!hasFailed && window.Next() is { IsEmpty: false } bytes)
                {
                    var parsed = SseEvent.Parse(bytes.Span);
                    switch (call.Reader!.ReadEvent(parsed.Name, parsed.Data))
                    {
                        case EventVerdict.Failed:
                            hasFailed = true;
                            failed = bytes;
                            break;
                        case EventVerdict.Unreadable:
                            hasFailed = true;
                            break;
                        case EventVerdict.ForwardContent:
                            hasContent = true;
                            end.ContentHasCome();
                            Keep(bytes);
                            break;
                        case EventVerdict.Forward:
                            Keep(bytes);
                            break;
                        default:
                            break;
                    }
                }

                if (read == 0 && !hasFailed && converter is { } ending)
                {
                    ending.Finish();
                    ending.WriteEvents(window.Output);
                }

                // As long as nothing has been sent, an answer that fails is another account's to give. Not all content has words in the client's format.
                if (hasBegun || (hasContent && !window.Kept.IsEmpty && !hasFailed && !window.IsTooLong))
                {
                    ClientWriter.Commit(call, response);
                    hasBegun = true;

                    if (hasContent)
                    {
                        call.FirstToken ??= clock.GetElapsedTime(call.StartedTimestamp);
                        bindings.Keep(call);
                        meter.NoteProgress(call);
                    }

                    if (!window.Kept.IsEmpty)
                    {
                        ClientWriter.Write(call, window.Kept);
                        window.Clear();
                        await ClientWriter.FlushAsync(call, end);
                    }
                }

                if (hasFailed)
                {
                    return await FailedInsideAsync(call, status, failed, hasBegun, end);
                }

                if (window.IsTooLong)
                {
                    return await EndTooEarlyAsync(call, status, hasBegun, new Failure(FailureKind.Truncated, "The upstream sent an event that is too large."));
                }

                if (read == 0)
                {
                    if (!call.Reader!.IsComplete || !hasBegun)
                    {
                        return await EndTooEarlyAsync(call, status, hasBegun, new Failure(FailureKind.Truncated, "The upstream ended its answer before it was complete."));
                    }

                    await ClientWriter.EndAsync(call, end);
                    return AttemptEnd.Success(status);
                }
            }
        }
        finally
        {
            window.Dispose();
        }

        async Task<int> WaitAsync(Task<int> reading)
        {
            try
            {
                await writer.WaitAsync(call, reading, response, end);
            }
            catch
            {
                // The read writes into the window, whose array goes back to its pool: it must have ended before.
                await end.CancelAsync();
                await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }

            return await reading;
        }

        void Keep(ReadOnlyMemory<byte> bytes)
        {
            if (converter is not null)
            {
                converter.WriteEvents(window.Output);
            }
            else
            {
                window.Keep(bytes);
            }
        }
    }

    /// <param name="said">The platform's error event; empty: there is none that a client could read.</param>
    private async Task<AttemptEnd> FailedInsideAsync(ProxyCall call, int status, ReadOnlyMemory<byte> said, bool hasBegun, CallCancellation end)
    {
        var attempt = AnswerRelay.Refused(call, status, call.Reader!.Failure!);
        if (!hasBegun)
        {
            // An error as the first event under 200 is an error like any other.
            return attempt;
        }

        if (said.IsEmpty || call.Converter is not null || attempt.Failure!.Evidence is not null || Redaction.IsNeeded(said.Span, call.Account!.Credentials))
        {
            await writer.WriteErrorAsync(call, attempt.Failure!);
        }
        else
        {
            // The platform's own words, which the client's own library knows how to read.
            ClientWriter.Write(call, said.Span);
            ClientWriter.BreakIfNeeded(call);
            await ClientWriter.FlushAsync(call, end);
        }

        return AttemptEnd.Over(status, attempt.Failure!);
    }

    private async Task<AttemptEnd> EndTooEarlyAsync(ProxyCall call, int status, bool hasBegun, Failure failure)
    {
        if (!hasBegun)
        {
            return AttemptEnd.Retry(status, failure);
        }

        await writer.WriteErrorAsync(call, failure);
        return AttemptEnd.Over(status, failure);
    }
}
