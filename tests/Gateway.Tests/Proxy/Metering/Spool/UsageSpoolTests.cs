using Gateway.Infrastructure.Hosting;
using Gateway.Proxy.Metering.Spool;
using Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Proxy.Metering.Spool;

public sealed class UsageSpoolTests : IDisposable
{
    private static readonly Guid Latest = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(1));

    private readonly TempDirectory _data = new();
    private readonly Readiness _readiness = new();
    private readonly UsageSpool _spool;

    public UsageSpoolTests() => _spool = new UsageSpool(new DataDirectory(_data.Path), _readiness, NullLogger<UsageSpool>.Instance);

    private string[] Files => Directory.GetFiles(_spool.DirectoryPath, "*.spool");

    public void Dispose()
    {
        _spool.Dispose();
        _data.Dispose();
    }

    [Fact]
    public void A_request_stays_until_the_database_has_it_and_Redis_has_counted_it()
    {
        var (stored, settled, both) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        foreach (var id in (Guid[])[stored, settled, both])
        {
            _spool.Append(SpoolRecordKind.Open, id, "start"u8);
            _spool.Append(SpoolRecordKind.Close, id, id.ToByteArray());
        }

        _spool.Delivered([stored, both]);
        _spool.Settled([both, settled]);

        _spool.Read(stored).ShouldBe(stored.ToByteArray());
        _spool.Read(settled).ShouldBe(settled.ToByteArray());
        _spool.Read(both).ShouldBeNull();
        _spool.Unsettled(most: 10).ShouldBe([(stored, true)]);
        _spool.CountUnsettled().ShouldBe((1, 0));
        _spool.Undelivered(Latest, most: 10).ShouldBe([settled]);
    }

    [Fact]
    public void What_Redis_never_got_waits_for_nothing()
    {
        var (settled, unsettled, open) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        _spool.Append(SpoolRecordKind.Close, settled, "1"u8);
        _spool.Append(SpoolRecordKind.Close, unsettled, "2"u8);
        _spool.Append(SpoolRecordKind.Open, open, "3"u8);
        _spool.Settled([settled]);

        _spool.Undelivered(limit: default, most: 10).ShouldBe([unsettled]);
    }

    [Fact]
    public void A_full_file_goes_when_nothing_in_it_is_needed_any_more()
    {
        var payload = new byte[1024 * 1024 - 1];
        var ids = Enumerable.Range(0, 20).Select(_ => Guid.CreateVersion7()).ToList();
        foreach (var id in ids)
        {
            _spool.Append(SpoolRecordKind.Open, id, "start"u8);
            _spool.Append(SpoolRecordKind.Close, id, payload);
        }

        Files.Length.ShouldBe(2);
        _spool.Settled(ids);
        _spool.Delivered(ids.Skip(1));
        Files.Length.ShouldBe(2);
        _spool.Delivered(ids);

        Files.Length.ShouldBe(1);
        _spool.Flush();
        _spool.Dispose();
        Files.ShouldBeEmpty();
    }

    [Fact]
    public void F36_a_spool_that_failed_is_good_again_as_soon_as_the_disk_takes_data()
    {
        Directory.Delete(_spool.DirectoryPath);
        File.WriteAllText(_spool.DirectoryPath, "in the way");
        Should.Throw<IOException>(() => _spool.Append(SpoolRecordKind.Open, Guid.CreateVersion7(), "1"u8));
        _spool.Probe();
        _readiness.SpoolFailed.ShouldBeTrue();

        File.Delete(_spool.DirectoryPath);
        _spool.Probe();

        _readiness.SpoolFailed.ShouldBeFalse();
        _spool.Append(SpoolRecordKind.Open, Guid.CreateVersion7(), "2"u8);
        Files.Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_record_without_an_end_goes_to_the_disk_too()
    {
        var written = _spool.WaitUntilWrittenAsync(TestContext.Current.CancellationToken);
        written.IsCompleted.ShouldBeFalse();

        _spool.Append(SpoolRecordKind.Open, Guid.CreateVersion7(), "1"u8);

        await written;
        _spool.Flush();
        _spool.WaitUntilWrittenAsync(TestContext.Current.CancellationToken).IsCompleted.ShouldBeFalse();
    }
}
