using Gateway.Proxy;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Proxy;

public sealed class ClientTimeoutTests
{
    [Theory]
    [InlineData("7", 7)]
    [InlineData("2.5", 2.5)]
    [InlineData("600", 30)]
    [InlineData("0", 30)]
    [InlineData("-1", 30)]
    [InlineData("", 30)]
    [InlineData("soon", 30)]
    [InlineData("NaN", 30)]
    [InlineData("1e1", 30)]
    [InlineData("99999999999999999999999999999999999", 30)]
    public void AC_31_a_clients_own_limit_counts_where_it_is_less_and_a_malformed_one_does_not(string said, double seconds)
    {
        var headers = new HeaderDictionary { ["x-stainless-timeout"] = said };

        ClientTimeout.Least(TimeSpan.FromSeconds(30), headers).ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public void Clients_that_say_nothing_have_the_gateways_limit() =>
        ClientTimeout.Least(TimeSpan.FromSeconds(30), new HeaderDictionary()).ShouldBe(TimeSpan.FromSeconds(30));

    [Fact]
    public void Of_two_limits_neither_counts() =>
        ClientTimeout.Least(TimeSpan.FromSeconds(30), new HeaderDictionary { ["x-stainless-timeout"] = new(["5", "6"]) }).ShouldBe(TimeSpan.FromSeconds(30));
}
