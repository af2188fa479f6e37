using System.Text;
using Gateway.Proxy.Metering.Spool;
using Gateway.Tests.Support;

namespace Gateway.Tests.Proxy.Metering.Spool;

/// <summary>What a power cut or a bad disk leaves of a file of the spool: every record that is whole is read, wherever the damage lies.</summary>
public sealed class SpoolSegmentTests : IDisposable
{
    private readonly TempDirectory _data = new();
    private readonly List<(SpoolRecordKind Kind, string Payload)> _written = [];
    private readonly List<int> _ends = [];
    private readonly byte[] _bytes;

    public SpoolSegmentTests()
    {
        using (var segment = new SpoolSegment(FilePath))
        {
            for (var number = 1; number <= 6; number++)
            {
                var record = (number % 2 == 0 ? SpoolRecordKind.Close : SpoolRecordKind.Open, $$"""{"number":{{number}},"text":"{{new string('x', 7 * number)}}"}""");
                segment.Append(record.Item1, Encoding.UTF8.GetBytes(record.Item2));
                _written.Add(record);
                _ends.Add((int)segment.Length);
            }
        }

        _bytes = File.ReadAllBytes(FilePath);
    }

    private string FilePath => Path.Combine(_data.Path, "1.spool");

    public void Dispose() => _data.Dispose();

    [Fact]
    public void F09_a_file_that_was_cut_off_anywhere_has_all_records_before_the_cut()
    {
        for (var length = 0; length <= _bytes.Length; length++)
        {
            var (records, damaged) = Read(_bytes[..length]);

            var whole = _ends.Count(end => end <= length);
            records.ShouldBe(_written.Take(whole), $"cut at {length}");
            damaged.ShouldBe(length == 0 || _ends.Contains(length) ? 0 : 1, $"cut at {length}");
        }
    }

    [Fact]
    public void F09_a_changed_byte_anywhere_costs_the_record_that_it_lies_in_and_no_other()
    {
        for (var offset = 0; offset < _bytes.Length; offset++)
        {
            foreach (var change in (byte[])[0x01, 0x10, 0x80, 0xff])
            {
                var changed = (byte[])_bytes.Clone();
                changed[offset] ^= change;

                var (records, damaged) = Read(changed);

                var hit = _ends.FindIndex(end => end > offset);
                records.ShouldBe(_written.Where((_, index) => index != hit), $"byte {offset} changed by {change:x2}");
                damaged.ShouldBe(1, $"byte {offset} changed by {change:x2}");
            }
        }
    }

    [Fact]
    public void F09_a_hole_of_zeros_between_records_and_zeros_at_the_end_cost_no_whole_record()
    {
        var zeros = new byte[4096];

        var (records, damaged) = Read([.. _bytes.AsSpan(0, _ends[2]), .. zeros, .. _bytes.AsSpan(_ends[2])]);
        var (before, none) = Read([.. _bytes, .. zeros]);

        records.ShouldBe(_written);
        damaged.ShouldBe(1);
        before.ShouldBe(_written);
        none.ShouldBe(0);
    }

    private (List<(SpoolRecordKind Kind, string Payload)> Records, int Damaged) Read(byte[] bytes)
    {
        File.WriteAllBytes(FilePath, bytes);
        var records = new List<(SpoolRecordKind Kind, string Payload)>();
        var damaged = SpoolSegment.Read(FilePath, (kind, payload) => records.Add((kind, Encoding.UTF8.GetString(payload.Span))));
        return (records, damaged);
    }
}
