using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Infrastructure.Hosting;

internal static class FlushDeadline
{
    /// <summary>How long a client may leave a full buffer unread.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Ends connections whose client does not read what it asked for, whatever the reply is.</summary>
    /// <remarks>
    /// Kestrel's own <c>MinResponseDataRate</c> counts only while a write is blocked, too, but grants a second for every 240 bytes that were written before: after
    /// the 4 MB that the sockets of both sides swallow, hours (TimeoutControl.BytesWrittenToBuffer, ASP.NET Core 10).
    /// </remarks>
    public static void UseFlushDeadline(this ListenOptions listen, TimeProvider clock) => listen.Use(next => connection =>
    {
        connection.Transport = new Duplex(connection.Transport.Input, new Writer(connection, connection.Transport.Output, clock));
        return next(connection);
    });

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Passes everything on, and looks at the clock only when the buffer was full.</summary>
    private sealed class Writer(ConnectionContext connection, PipeWriter inner, TimeProvider clock) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => Watched(inner.FlushAsync(cancellationToken));

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
            Watched(inner.WriteAsync(source, cancellationToken));

        private ValueTask<FlushResult> Watched(ValueTask<FlushResult> flush) => flush.IsCompleted ? flush : WatchAsync(flush);

        private async ValueTask<FlushResult> WatchAsync(ValueTask<FlushResult> flush)
        {
            using var deadline = clock.CreateTimer(
                static connection => ((ConnectionContext)connection!).Abort(new ConnectionAbortedException("The client did not read in time.")),
                connection,
                Limit,
                Timeout.InfiniteTimeSpan);
            return await flush;
        }
    }
}
