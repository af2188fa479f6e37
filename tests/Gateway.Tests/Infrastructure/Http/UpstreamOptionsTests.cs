using Gateway.Infrastructure;
using Gateway.Infrastructure.Http;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Infrastructure.Http;

public sealed class UpstreamOptionsTests
{
    [Fact]
    public void Embedded_and_without_a_list_loopback_is_allowed()
    {
        var options = Read(("Upstream:AllowedPrivateNetworks", ""), ("ConnectionStrings:MySql", ""));

        options.AllowedPrivateNetworks.Select(network => network.ToString()).ShouldBe(["127.0.0.0/8", "::1/128"]);
        options.AllowedPorts.ShouldBe([443, 8443], ignoreOrder: true);
    }

    [Fact]
    public void On_servers_and_without_a_list_nothing_private_is_allowed() =>
        Read(("ConnectionStrings:MySql", "Server=db;Database=gateway")).AllowedPrivateNetworks.ShouldBeEmpty();

    [Fact]
    public void A_list_replaces_the_default()
    {
        var options = Read(("Upstream:AllowedPrivateNetworks:0", "10.1.0.0/16"), ("Upstream:AllowedPorts:0", "9443"));

        options.AllowedPrivateNetworks.ShouldHaveSingleItem().ToString().ShouldBe("10.1.0.0/16");
        options.AllowedPorts.ShouldBe([443, 8443, 9443], ignoreOrder: true);
    }

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("100.64.0.0/10")]
    [InlineData("64:ff9b::/96")]
    public void A_network_may_hold_more_than_what_is_never_allowed(string range) =>
        Read(("Upstream:AllowedPrivateNetworks:0", range)).AllowedPrivateNetworks.ShouldHaveSingleItem().ToString().ShouldBe(range);

    [Fact]
    public void One_variable_may_hold_a_list_with_commas() =>
        Read(("Upstream:AllowedPrivateNetworks", "10.0.0.0/8, fd00::/8")).AllowedPrivateNetworks.Count.ShouldBe(2);

    [Theory]
    [InlineData("Upstream:AllowedPrivateNetworks:0", "10.0.0.0/33")]
    [InlineData("Upstream:AllowedPrivateNetworks:0", "10.0.0.0")]
    [InlineData("Upstream:AllowedPrivateNetworks:0", "lan")]
    [InlineData("Upstream:AllowedPrivateNetworks:0", "169.254.0.0/16")]
    [InlineData("Upstream:AllowedPrivateNetworks:0", "169.254.169.254/32")]
    [InlineData("Upstream:AllowedPrivateNetworks:0", "fe80::/64")]
    [InlineData("Upstream:AllowedPrivateNetworks:0", "::ffff:0:0/96")]
    [InlineData("Upstream:AllowedPorts:0", "0")]
    [InlineData("Upstream:AllowedPorts:0", "65536")]
    [InlineData("Upstream:AllowedPorts:0", "https")]
    public void A_setting_that_cannot_work_stops_the_start_by_name(string setting, string value)
    {
        var failure = Should.Throw<StartupException>(() => Read((setting, value)));

        failure.Message.ShouldContain(setting[..^2]);
        failure.Message.ShouldContain(value);
    }

    private static UpstreamOptions Read(params (string Key, string Value)[] settings) => UpstreamOptions.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(pair => pair.Key, pair => (string?)pair.Value)).Build());
}
