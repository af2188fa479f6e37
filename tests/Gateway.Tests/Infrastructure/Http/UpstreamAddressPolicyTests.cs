using Gateway.Infrastructure.Http;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Infrastructure.Http;

/// <summary>What may be saved as an address (B02 to B07).</summary>
public sealed class UpstreamAddressPolicyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Each with a word of the message, so that it is refused for the right reason.</summary>
    public static TheoryData<string, string> Hostile => new()
    {
        // Schemes.
        { "http://93.184.216.34/", "Plain http" },
        { "http://api.example.com", "Plain http" },
        { "HTTP://api.example.com", "Plain http" },
        { "file:///etc/passwd", "starts with https" },
        { "gopher://api.example.com/", "starts with https" },
        { "ftp://api.example.com/", "starts with https" },
        { "javascript:alert(1)", "starts with https" },
        { "//api.example.com", "starts with https" },
        { "api.example.com", "starts with https" },
        { "https:/api.example.com", "starts with https" },
        { "socks5://api.example.com", "starts with https" },
        { "", "starts with https" },

        // Loopback and private networks, plainly.
        { "https://127.0.0.1", "not public" },
        { "https://10.1.2.3", "not public" },
        { "https://172.31.255.255", "not public" },
        { "https://192.168.0.1", "not public" },
        { "https://100.64.0.1", "not public" },
        { "https://198.18.0.1", "not public" },
        { "https://240.0.0.1", "not public" },
        { "https://[::1]", "not public" },
        { "https://[fd12:3456::1]", "not public" },
        { "https://[2001:db8::1]", "not public" },
        { "https://[2002:808:808::1]", "not public" },
        { "https://[64:ff9b::808:808]", "not public" },
        { "https://[64:ff9b:1::a00:1]", "not public" },
        { "https://[2001:0:53aa:64c::1]", "not public" },
        { "https://[fec0::1]", "not public" },

        // Link-local, metadata and the like.
        { "https://169.254.169.254/latest/meta-data", "never called" },
        { "https://169.254.170.2", "never called" },
        { "https://100.100.100.200", "never called" },
        { "https://168.63.129.16", "never called" },
        { "https://0.0.0.0", "never called" },
        { "https://255.255.255.255", "never called" },
        { "https://224.0.0.1", "never called" },
        { "https://[::]", "never called" },
        { "https://[fe80::1]", "never called" },
        { "https://[ff02::1]", "never called" },
        { "https://[fd00:ec2::254]", "never called" },
        { "https://[fd20:ce::254]", "never called" },
        { "https://[::ffff:127.0.0.1]", "never called" },
        { "https://[::ffff:93.184.216.34]", "never called" },
        { "https://[::ffff:169.254.169.254]", "never called" },
        { "https://[64:ff9b::a9fe:a9fe]", "never called" },
        { "https://[2002:a9fe:a9fe::]", "never called" },
        { "https://metadata.google.internal", "never called" },
        { "https://METADATA.google.internal/computeMetadata/v1/", "never called" },
        { "https://metadata", "never called" },
        { "https://instance-data", "never called" },

        // Odd spellings of addresses.
        { "https://127.1", "four decimal" },
        { "https://127.0.1", "four decimal" },
        { "https://0x7f000001", "four decimal" },
        { "https://0x7f.0.0.1", "four decimal" },
        { "https://2130706433", "four decimal" },
        { "https://0177.0.0.1", "four decimal" },
        { "https://127.0.0.01", "four decimal" },
        { "https://127.0.0.1.5", "four decimal" },
        { "https://256.0.0.1", "four decimal" },
        { "https://4294967296", "four decimal" },
        { "https://1.2.3.0x4.example.0x7f", "four decimal" },
        { "https://127.0.0.1.", "not the name of a host" },
        { "https://metadata.google.internal.", "not the name of a host" },
        { "https://[0:0:0:0:0:0:0:1]", "shortest form" },
        { "https://[::ffff:7f00:1]", "shortest form" },
        { "https://[::0001]", "shortest form" },
        { "https://[fe80::1%25eth0]", "shortest form" },
        { "https://[127.0.0.1]", "shortest form" },
        { "https://[::1", "shortest form" },
        { "https://１２７.0.0.1", "ASCII" },
        { "https://127。0。0。1", "ASCII" },
        { "https://ⓛocalhost", "ASCII" },
        { "https://bücher.example", "ASCII" },
        { "https://%31%32%37.0.0.1", "not the name of a host" },
        { "https://example..com", "not the name of a host" },
        { "https://-example.com", "not the name of a host" },

        // Authority tricks.
        { "https://good.example@evil.example", "user name" },
        { "https://user:secret@api.example.com", "user name" },
        { "https://@api.example.com", "user name" },
        { "https://api.example.com\\@evil.example", "ASCII" },
        { "https://api.example.com\t", "ASCII" },
        { " https://api.example.com", "ASCII" },
        { "https://api.example.com\r\nHost: evil", "ASCII" },
        { "https://api.example.com/\u0000", "ASCII" },
        { "https://", "not the name of a host" },
        { "https:///path", "not the name of a host" },
        { "https://:443", "not the name of a host" },

        // Ports.
        { "https://api.example.com:6379", "Port 6379" },
        { "https://api.example.com:22", "Port 22" },
        { "https://api.example.com:80", "Port 80" },
        { "https://api.example.com:0", "not a number" },
        { "https://api.example.com:65536", "not a number" },
        { "https://api.example.com:+443", "not a number" },
        { "https://api.example.com:443:443", "not a number" },
        { "https://api.example.com:", "not a number" },
        { "https://[::1]443", "not a number" },

        // Paths.
        { "https://api.example.com/#/v1", "last character" },
        { "https://api.example.com/a#b", "last character" },
        { "https://api.example.com##", "last character" },
        { "https://api.example.com/v1?key=1", "query" },
        { "https://api.example.com/a/../b", "'..'" },
        { "https://api.example.com/a/%2E%2e/b", "'..'" },
        { "https://api.example.com/./b", "'..'" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task A_hostile_address_is_not_saved(string url, string reason)
    {
        var policy = Policies.Create(Policies.NothingPrivate, ("api.example.com", ["93.184.216.34"]));

        var problem = await policy.CheckWhenSavedAsync(url, AddressUse.Base, Cancel);

        problem.ShouldNotBeNull();
        problem.ShouldContain(reason);
    }

    [Theory]
    [InlineData("https://api.example.com")]
    [InlineData("https://API.Example.com/")]
    [InlineData("https://api.example.com:443/v1")]
    [InlineData("https://api.example.com:8443/a/b%20c")]
    [InlineData("https://api.example.com:9443")]
    [InlineData("https://93.184.216.34")]
    [InlineData("https://[2606:2800:220:1::1]:8443")]
    [InlineData("https://api.example.com/custom#")]
    [InlineData("https://api.example.com/custom?api-version=1#")]
    [InlineData("https://api.example.com/~user/@path")]
    [InlineData("https://does-not-resolve.example/v1")]
    [InlineData("https://xn--bcher-kva.example")]
    [InlineData("https://2.pool.example_1.com")]
    public async Task A_public_https_address_is_saved(string url)
    {
        var policy = Policies.Create(
            Policies.NothingPrivate, ("api.example.com", ["93.184.216.34", "2606:2800:220:1::1"]), ("xn--bcher-kva.example", ["8.8.8.8"]));

        (await policy.CheckWhenSavedAsync(url, AddressUse.Base, Cancel)).ShouldBeNull();
    }

    [Theory]
    [InlineData("http://127.0.0.1:11434/v1")]
    [InlineData("http://[::1]:8000")]
    [InlineData("https://127.1.2.3:1")]
    [InlineData("http://models.lan:6379")]
    public async Task An_allowed_private_network_may_have_plain_http_and_any_port(string url)
    {
        var policy = Policies.Create(Policies.LoopbackAllowed, ("models.lan", ["127.0.0.9", "::1"]));

        (await policy.CheckWhenSavedAsync(url, AddressUse.Base, Cancel)).ShouldBeNull();
    }

    [Theory]
    [InlineData("https://inside.example", "10.0.0.7")]
    [InlineData("https://inside.example", "93.184.216.34", "10.0.0.7")]
    [InlineData("https://inside.example", "93.184.216.34", "169.254.169.254")]
    [InlineData("https://inside.example", "2606:2800:220:1::1", "::ffff:127.0.0.1")]
    [InlineData("https://inside.example", "93.184.216.34", "fe80::1")]
    [InlineData("http://inside.example", "127.0.0.1", "93.184.216.34")]
    public async Task Every_address_that_a_name_resolves_to_is_checked(string url, params string[] addresses)
    {
        var policy = Policies.Create(Policies.LoopbackAllowed, ("inside.example", addresses));

        (await policy.CheckWhenSavedAsync(url, AddressUse.Base, Cancel)).ShouldNotBeNull().ShouldContain("'inside.example' resolves to");
    }

    [Fact]
    public async Task No_setting_allows_metadata_and_link_local_addresses()
    {
        var everything = new UpstreamOptions([System.Net.IPNetwork.Parse("0.0.0.0/0"), System.Net.IPNetwork.Parse("::/0")], new HashSet<int>());
        var policy = Policies.Create(everything, ("sneaky.example", ["169.254.169.254"]));

        (await policy.CheckWhenSavedAsync("http://10.0.0.1:81", AddressUse.Base, Cancel)).ShouldBeNull();
        foreach (var url in (string[])["http://169.254.169.254", "http://[fe80::1]", "http://[fd00:ec2::254]", "http://[::ffff:10.0.0.1]", "http://[64:ff9b::a9fe:a9fe]", "http://sneaky.example", "http://metadata.google.internal"])
        {
            (await policy.CheckWhenSavedAsync(url, AddressUse.Base, Cancel)).ShouldNotBeNull(url);
        }
    }

    [Fact]
    public async Task Translated_addresses_are_called_where_their_prefix_is_allowed_but_no_metadata_through_them()
    {
        var translated = Policies.NothingPrivate with { AllowedPrivateNetworks = [System.Net.IPNetwork.Parse("64:ff9b::/96")] };
        var policy = Policies.Create(translated, ("v4only.example", ["64:ff9b::808:808"]), ("sneaky.example", ["64:ff9b::a9fe:a9fe"]));

        (await policy.CheckWhenSavedAsync("https://v4only.example", AddressUse.Base, Cancel)).ShouldBeNull();
        (await policy.CheckWhenSavedAsync("https://sneaky.example", AddressUse.Base, Cancel)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Plain_http_to_a_name_that_does_not_resolve_is_refused()
    {
        var policy = Policies.Create(Policies.LoopbackAllowed);

        (await policy.CheckWhenSavedAsync("http://nowhere.example", AddressUse.Base, Cancel)).ShouldNotBeNull().ShouldContain("does not resolve");
    }

    [Fact]
    public async Task Silent_name_servers_do_not_hold_up_a_save()
    {
        var clock = new FakeTimeProvider();
        var policy = new UpstreamAddressPolicy(Policies.NothingPrivate, clock, (_, _) => new TaskCompletionSource<System.Net.IPAddress[]>().Task);

        var check = policy.CheckWhenSavedAsync("https://api.example.com", AddressUse.Base, Cancel);
        check.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(3));

        (await check).ShouldBeNull();
    }

    [Theory]
    [InlineData("http://user:secret@proxy.example:3128", null)]
    [InlineData("https://proxy.example:8443/", null)]
    [InlineData("socks5://proxy.example:1080", null)]
    [InlineData("socks5://us%40er:p%3Aw@93.184.216.34", null)]
    [InlineData("http://127.0.0.1:3128", null)]
    [InlineData("http://10.0.0.1:3128", "not public")]
    [InlineData("http://169.254.169.254", "never called")]
    [InlineData("http://127.1:3128", "four decimal")]
    [InlineData("http://proxy.example:3128/path", "ends after its port")]
    [InlineData("http://proxy.example:3128#", "'#'")]
    [InlineData("http://a@b@proxy.example", "%40")]
    [InlineData("http://:secret@proxy.example", "missing")]
    [InlineData("socks4://proxy.example", "starts with")]
    [InlineData("file:///etc/passwd", "starts with")]
    public async Task A_proxy_lies_under_the_same_rules_for_addresses(string url, string? reason)
    {
        var policy = Policies.Create(Policies.LoopbackAllowed, ("proxy.example", ["93.184.216.34"]));

        var problem = await policy.CheckWhenSavedAsync(url, AddressUse.Proxy, Cancel);

        (problem is null).ShouldBe(reason is null, problem);
        (problem ?? "").ShouldContain(reason ?? "");
    }

    [Theory]
    [InlineData("https://api.example.com/oauth/token?tenant=1", null)]
    [InlineData("https://api.example.com/oauth/token#", "'#'")]
    [InlineData("http://api.example.com/oauth/token", "Plain http")]
    [InlineData("https://user:secret@api.example.com/token", "user name")]
    public async Task An_endpoint_is_called_as_it_is_written(string url, string? reason)
    {
        var policy = Policies.Create(Policies.NothingPrivate, ("api.example.com", ["93.184.216.34"]));

        var problem = await policy.CheckWhenSavedAsync(url, AddressUse.Endpoint, Cancel);

        (problem is null).ShouldBe(reason is null, problem);
        (problem ?? "").ShouldContain(reason ?? "");
    }

    [Theory]
    [InlineData("http://user:s3cret@proxy.example:3128", "http://user:***@proxy.example:3128")]
    [InlineData("socks5://us%40er:s3%3Acret@[2606::1]:1080/", "socks5://us%40er:***@[2606::1]:1080")]
    [InlineData("http://user@proxy.example", "http://user@proxy.example")]
    [InlineData("http://proxy.example:3128", "http://proxy.example:3128")]
    public void The_password_of_a_proxy_is_covered(string url, string masked)
    {
        UpstreamAddress.TryParse(url, AddressUse.Proxy, out var address, out _).ShouldBeTrue();

        address.Masked.ShouldBe(masked);
        (address.ToString() ?? "").ShouldNotContain("s3");
    }
}
