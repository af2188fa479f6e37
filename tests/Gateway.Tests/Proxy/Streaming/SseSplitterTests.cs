using System.Text;
using Gateway.Proxy.Streaming;

namespace Gateway.Tests.Proxy.Streaming;

public sealed class SseSplitterTests
{
    private const string Lf = "event: a\ndata: {\"x\":\"é😀\"}\n\n: ping\n\ndata:two\ndata: lines\n\ndata: [DONE]\n\n";

    public static TheoryData<string> Endings => ["\n", "\r\n", "\r"];

    [Theory]
    [MemberData(nameof(Endings))]
    public void Every_cut_of_the_input_gives_the_same_events(string ending)
    {
        var bytes = Encoding.UTF8.GetBytes(Lf.Replace("\n", ending, StringComparison.Ordinal));
        var whole = Data(bytes, [bytes.Length]);
        whole.ShouldBe(["{\"x\":\"é😀\"}", "", "two\nlines", "[DONE]"]);

        for (var cut = 1; cut < bytes.Length; cut++)
        {
            Data(bytes, [cut, bytes.Length - cut]).ShouldBe(whole, $"cut at {cut}");
        }

        Data(bytes, [.. Enumerable.Repeat(1, bytes.Length)]).ShouldBe(whole);
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void No_byte_is_lost_or_moved(string ending)
    {
        var bytes = Encoding.UTF8.GetBytes(Lf.Replace("\n", ending, StringComparison.Ordinal));

        Pieces(bytes, [.. Enumerable.Repeat(1, bytes.Length)]).SelectMany(piece => piece).ToArray().ShouldBe(bytes);
    }

    [Fact]
    public void What_is_left_at_the_end_is_an_event_whose_empty_line_is_missing() => Data("data: 1\n\ndata: 2"u8.ToArray(), [16]).ShouldBe(["1", "2"]);

    [Theory]
    [InlineData("data: {\"x\":1")]
    [InlineData("data: [DONE")]
    [InlineData("event: message_stop\n")]
    [InlineData(": a comment")]
    public void Half_an_event_at_the_end_is_none(string half) => Data(Encoding.UTF8.GetBytes($"data: 1\n\n{half}"), [9 + half.Length]).ShouldBe(["1"]);

    [Fact]
    public void A_long_event_grows_the_window_and_stays_whole()
    {
        var text = new string('x', 100_000);

        Data(Encoding.UTF8.GetBytes($"data: {text}\n\n"), [.. Enumerable.Repeat(1000, 101)]).ShouldBe([text]);
    }

    private static List<string> Data(byte[] bytes, int[] reads)
    {
        var data = new List<string>();
        foreach (var piece in Pieces(bytes, reads))
        {
            var parsed = SseEvent.Parse(piece);

            // The LF of a CR LF that came late is an empty line of its own.
            if (piece.AsSpan().IndexOfAnyExcept((byte)'\r', (byte)'\n') >= 0)
            {
                data.Add(Encoding.UTF8.GetString(parsed.Data));
            }
        }

        return data;
    }

    private static List<byte[]> Pieces(byte[] bytes, int[] reads)
    {
        using var window = new EventWindow(16, 1_000_000);
        var pieces = new List<byte[]>();
        var sent = 0;
        foreach (var wanted in reads)
        {
            for (var left = Math.Min(wanted, bytes.Length - sent); left > 0;)
            {
                var free = window.Free();
                var count = Math.Min(left, free.Length);
                bytes.AsMemory(sent, count).CopyTo(free);
                window.Add(count);
                sent += count;
                left -= count;
                Take();
            }
        }

        window.Finish();
        Take();
        pieces.Add(window.Kept.ToArray());
        return pieces;

        void Take()
        {
            while (window.Next() is { IsEmpty: false } piece)
            {
                pieces.Add(piece.ToArray());
            }
        }
    }
}
