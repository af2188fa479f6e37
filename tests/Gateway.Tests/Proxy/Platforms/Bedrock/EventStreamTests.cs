using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Gateway.Proxy.Platforms.Bedrock;
using Gateway.Tests.Support;
using Simulator.Platforms.Bedrock;

namespace Gateway.Tests.Proxy.Platforms.Bedrock;

/// <summary>Event streams as they come, in any pieces, and as nobody should send them.</summary>
public sealed class EventStreamTests
{
    private static readonly byte[][] Frames =
    [
        EventFrame.Event("messageStart", """{"role":"assistant","p":"ab"}"""),
        EventFrame.Event("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"é 😀"}}"""),
        EventFrame.Event("contentBlockStop", "{\r\n\"contentBlockIndex\": 0\n}"),
        EventFrame.Event("messageStop", """{"stopReason":"end_turn"}"""),
    ];

    private static readonly byte[] Whole = [.. Frames.SelectMany(frame => frame)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_become_server_sent_events_whose_data_is_one_line()
    {
        var (text, error) = await ReadAsync(Whole, []);

        error.ShouldBeNull();
        text.ShouldBe("""
            event: messageStart
            data: {"role":"assistant","p":"ab"}

            event: contentBlockDelta
            data: {"contentBlockIndex":0,"delta":{"text":"é 😀"}}

            event: contentBlockStop
            data: {  "contentBlockIndex": 0 }

            event: messageStop
            data: {"stopReason":"end_turn"}


            """);
    }

    [Fact]
    public async Task Whatever_the_pieces_the_events_are_the_same()
    {
        var (whole, _) = await ReadAsync(Whole, []);
        for (var cut = 1; cut < Whole.Length; cut++)
        {
            (await ReadAsync(Whole, [cut])).ShouldBe((whole, null), $"cut at {cut}");
        }

        (await ReadAsync(Whole, [.. Enumerable.Range(1, Whole.Length - 1)])).ShouldBe((whole, null));
        (await ReadAsync(Whole, [5, Frames[0].Length + 3, Whole.Length - 1])).ShouldBe((whole, null)); // one frame over three reads
    }

    [Fact] // bug 19: a frame that is cut is no end
    public async Task Bug_19_a_stream_that_ends_inside_a_message_is_broken_and_what_came_before_is_not_lost()
    {
        var ends = Frames.Select((_, index) => Frames.Take(index + 1).Sum(frame => frame.Length)).Prepend(0).ToList();
        for (var length = 0; length <= Whole.Length; length++)
        {
            var (text, error) = await ReadAsync(Whole[..length], []);

            text.Split("event: ").Length.ShouldBe(1 + ends.Count(end => end > 0 && end <= length));
            (error is null).ShouldBe(ends.Contains(length), $"{length} bytes");
        }
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_is_found()
    {
        var second = Frames[0].Length;
        for (var i = second; i < second + Frames[1].Length; i++)
        {
            var damaged = Whole.ToArray();
            damaged[i] ^= 0x10;

            var (text, error) = await ReadAsync(damaged, []);

            error.ShouldNotBeNull($"byte {i}");
            text.ShouldBe("event: messageStart\ndata: {\"role\":\"assistant\",\"p\":\"ab\"}\n\n");
        }
    }

    [Theory]
    [InlineData(1_900_000_000u, 0u)]
    [InlineData(uint.MaxValue, 0u)]
    [InlineData(15u, 0u)]
    [InlineData(0u, 0u)]
    [InlineData(100u, 85u)]
    [InlineData(1_000_000u, 131_073u)]
    [InlineData(100u, uint.MaxValue)]
    public async Task A_forged_length_costs_nothing(uint total, uint headers)
    {
        var forged = new byte[200];
        BinaryPrimitives.WriteUInt32BigEndian(forged, total);
        BinaryPrimitives.WriteUInt32BigEndian(forged.AsSpan(4), headers);
        BinaryPrimitives.WriteUInt32BigEndian(forged.AsSpan(8), Crc32.HashToUInt32(forged.AsSpan(0, 8)));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Should.Throw<InvalidDataException>(() => EventStreamFrame.TryRead(forged, out _, out _));

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
        (await ReadAsync(forged, [])).Error.ShouldNotBeNull();
    }

    [Fact]
    public void Headers_that_do_not_fit_or_have_no_type_are_refused()
    {
        foreach (var headers in (byte[][])[[9], [1, (byte)'a'], [1, (byte)'a', 10], [1, (byte)'a', 7, 0], [1, (byte)'a', 7, 0, 9, 1], [1, (byte)'a', 9, 1], [200, 7]])
        {
            Should.Throw<InvalidDataException>(() => EventStreamFrame.TryRead(Frame(headers), out _, out _));
        }
    }

    [Fact]
    public void Headers_of_every_type_are_passed_over()
    {
        byte[] headers =
        [
            1, (byte)'a', 0, 1, (byte)'b', 1, 1, (byte)'c', 2, 9, 1, (byte)'d', 3, 0, 9, 1, (byte)'e', 4, 0, 0, 0, 9, 1, (byte)'f', 5, 0, 0, 0, 0, 0, 0, 0, 9, 1, (byte)'g', 6, 0, 1, 9,
            1, (byte)'h', 8, 0, 0, 0, 0, 0, 0, 0, 9, 1, (byte)'i', 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 11, .. ":event-type"u8, 7, 0, 1, (byte)'x',
        ];

        EventStreamFrame.TryRead(Frame(headers), out var frame, out _).ShouldBeTrue();

        Encoding.UTF8.GetString(frame.Name).ShouldBe("x");
    }

    [Fact]
    public async Task Random_bytes_are_never_more_than_a_broken_connection()
    {
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[random.Next(1, 300)];
            random.NextBytes(bytes);

            var (text, error) = await ReadAsync([.. Frames[0], .. bytes], [random.Next(1, Frames[0].Length)]);

            text.ShouldStartWith("event: messageStart");
            error.ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task A_chunk_is_Claudes_own_event_without_what_is_Bedrocks()
    {
        var chunks = (byte[])
        [
            .. EventFrame.Chunk("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi 😀"}}"""),
            .. EventFrame.Chunk("""{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":9}}"""),
            .. EventFrame.Exception("throttlingException", """{"message":"Too many tokens"}"""),
        ];

        var (text, error) = await ReadAsync(chunks, [], BedrockFrames.WriteInvoke);

        error.ShouldBeNull();
        text.ShouldBe("""
            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi 😀"}}

            event: message_stop
            data: {"type":"message_stop"}

            event: error
            data: {"type":"error","error":{"type":"rate_limit_error","message":"Too many tokens"}}


            """);
    }

    [Theory]
    [InlineData("""{"p":"a"}""")]
    [InlineData("""{"bytes":"%%%"}""")]
    [InlineData("""{"bytes":"bm8ganNvbg=="}""")]
    [InlineData("not json")]
    public async Task A_chunk_without_an_event_is_a_broken_connection(string payload)
    {
        var (_, error) = await ReadAsync(EventFrame.Event("chunk", payload), [], BedrockFrames.WriteInvoke);

        error.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_ends_a_stream_says_what_it_is()
    {
        var (text, _) = await ReadAsync(
            [.. EventFrame.Exception("validationException", """{"message":"Bad"}"""), .. EventFrame.Write([(":message-type", "error"), (":error-code", "InternalServerException"), (":error-message", "Oh\nno")], [])], []);

        text.ShouldBe("""
            event: exception
            data: {"__type":"validationException","message":"Bad"}

            event: exception
            data: {"__type":"InternalServerException","message":"Oh\nno"}


            """);
    }

    private static byte[] Frame(byte[] headers)
    {
        var frame = new byte[16 + headers.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)frame.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), (uint)headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), Crc32.HashToUInt32(frame.AsSpan(0, 8)));
        headers.CopyTo(frame.AsSpan(12));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(frame.Length - 4), Crc32.HashToUInt32(frame.AsSpan(0, frame.Length - 4)));
        return frame;
    }

    private static async Task<(string Text, string? Error)> ReadAsync(byte[] bytes, int[] cuts, TranslateFrame? translate = null)
    {
        await using var stream = new EventStreamReader(new PiecewiseStream(bytes, cuts), translate ?? BedrockFrames.WriteConverse);
        var text = new MemoryStream();
        var buffer = new byte[70];
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer, Cancel)) > 0;)
            {
                text.Write(buffer, 0, read);
            }

            return (Encoding.UTF8.GetString(text.ToArray()), null);
        }
        catch (IOException exception)
        {
            return (Encoding.UTF8.GetString(text.ToArray()), exception.Message);
        }
    }
}
