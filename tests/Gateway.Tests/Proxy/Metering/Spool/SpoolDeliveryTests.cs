using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Metering.Spool;
using Gateway.Proxy.Metering.Store;
using Gateway.Tests.Support;

namespace Gateway.Tests.Proxy.Metering.Spool;

/// <summary>What a start does with the files that an earlier process left.</summary>
public sealed class SpoolDeliveryTests
{
    private static readonly DateTime At = DateTime.UtcNow.AddMinutes(-1);

    private readonly ApiKey _key = new() { Id = 7, UserId = 1, Name = "", SecretHash = [], Hint = "" };

    private readonly Account _account = new() { Id = 1, Name = "", Platform = Platform.Claude };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Nothing_that_lies_in_the_spool_stops_a_start(StorageKind storage)
    {
        using var data = new TempDirectory();
        var good = Ended.Request(_key, _account, At);
        var absurd = Ended.Request(_key, _account, At);
        absurd = absurd with { Usage = absurd.Usage! with { InputTokens = long.MaxValue } };
        var unknown = Ended.Request(_key, _account, At) with { Platform = (Platform)99 };
        using (var segment = NewSegment(data, "1"))
        {
            Append(segment, SpoolRecordKind.Close, absurd);
            Append(segment, SpoolRecordKind.Close, unknown);
            segment.Append(SpoolRecordKind.Close, "no record"u8);
            Append(segment, SpoolRecordKind.Close, good);
        }

        await File.WriteAllBytesAsync(PathOf(data, "2"), [9, 9, 9, 9, 9, 9, 9, 9, 9, 9], Cancel);

        await using var gateway = await GatewayServer.StartAsync(storage, dataDirectory: data.Path);

        (await RecordsAsync(gateway)).Single().GetProperty("request_id").GetGuid().ShouldBe(good.RequestId);
        (await File.ReadAllLinesAsync(Path.Combine(data.Path, RefusedUsage.FileName), Cancel)).Length.ShouldBe(3);
        Directory.GetFiles(Path.Combine(data.Path, "spool"), "*.spool").ShouldBeEmpty();
        File.Exists(PathOf(data, "2") + ".damaged").ShouldBeTrue();
    }

    [Fact]
    public async Task The_last_account_of_a_request_without_an_end_is_the_one_on_record()
    {
        using var data = new TempDirectory();
        var first = Ended.Request(_key, _account, At);
        using (var segment = NewSegment(data, "1"))
        {
            Append(segment, SpoolRecordKind.Open, first);
            Append(segment, SpoolRecordKind.Open, first with { AccountId = 2 });
        }

        await using var gateway = await GatewayServer.StartAsync(dataDirectory: data.Path);

        (await RecordsAsync(gateway)).Single().GetProperty("account_id").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task The_end_of_a_request_counts_though_its_start_lies_in_an_earlier_file()
    {
        using var data = new TempDirectory();
        var ended = Ended.Request(_key, _account, At, number: 5);
        using (var segment = NewSegment(data, "1"))
        {
            Append(segment, SpoolRecordKind.Open, ended with { AccountId = 2, Usage = ended.Usage! with { Source = UsageSource.Estimated } });
        }

        using (var segment = NewSegment(data, "2"))
        {
            Append(segment, SpoolRecordKind.Close, ended);
        }

        await using var gateway = await GatewayServer.StartAsync(dataDirectory: data.Path);

        var record = (await RecordsAsync(gateway)).Single();
        record.GetProperty("usage_source").GetString().ShouldBe("reported");
        record.GetProperty("account_id").GetInt64().ShouldBe(1);
    }

    private static void Append(SpoolSegment segment, SpoolRecordKind kind, EndedRequest request) => segment.Append(kind, UsageQueue.Write(request));

    private static SpoolSegment NewSegment(TempDirectory data, string name)
    {
        Directory.CreateDirectory(Path.Combine(data.Path, "spool"));
        return new SpoolSegment(PathOf(data, name));
    }

    private static string PathOf(TempDirectory data, string name) => Path.Combine(data.Path, "spool", name + SpoolSegment.Extension);

    private static async Task<List<System.Text.Json.JsonElement>> RecordsAsync(GatewayServer gateway)
    {
        using var admin = await gateway.CreateAdminClientAsync();
        return [.. (await admin.GetDataAsync("/api/admin/usage/records")).GetProperty("items").EnumerateArray()];
    }
}
