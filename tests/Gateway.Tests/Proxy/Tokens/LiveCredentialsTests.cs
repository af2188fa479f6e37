using Gateway.Proxy.Platforms;
using Gateway.Proxy.Tokens;

namespace Gateway.Tests.Proxy.Tokens;

public sealed class LiveCredentialsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 6, 0, 0, TimeSpan.Zero);

    private static readonly DateTime Changed = new(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly LiveCredentials _live = new("https://api.example\n");

    [Fact]
    public void A_snapshot_that_was_read_before_a_renewal_does_not_bring_the_old_token_back() // AC-36
    {
        _live.Offer(1, Tokens("one"), Changed, Now);
        _live.Renew(2, Tokens("two"), Now);

        _live.Offer(1, Tokens("one"), Changed, Now);
        Access().ShouldBe("two");

        _live.Settle(2, Tokens("two"), Changed, Now);
        _live.Offer(1, Tokens("one"), Changed, Now);
        Access().ShouldBe("two");
    }

    [Fact]
    public void What_the_database_holds_stands_once_it_has_been_asked_again() // F28
    {
        _live.Offer(1, Tokens("one"), Changed, Now);
        _live.Renew(2, Tokens("mine"), Now);

        _live.Settle(2, Tokens("theirs"), Changed, Now);

        Access().ShouldBe("theirs");
        _live.State.IsPending.ShouldBeFalse();
    }

    [Fact]
    public void The_same_version_with_other_tokens_is_the_databases_word()
    {
        _live.Offer(2, Tokens("one"), Changed, Now);

        _live.Offer(2, Tokens("two"), Changed, Now);

        Access().ShouldBe("two");
    }

    [Fact]
    public void The_tokens_that_were_replaced_stay_hidden()
    {
        _live.Offer(1, Tokens("one"), Changed, Now);
        _live.Renew(2, Tokens("two"), Now);

        _live.State.Credentials.Hidden.ShouldBe(["two", "refresh-two", "one", "refresh-one"], ignoreOrder: true);
    }

    [Fact]
    public void A_refused_token_is_worth_another_try_unless_it_is_as_good_as_new()
    {
        _live.Offer(1, Tokens("one"), Changed, Now);
        _live.Refuse("one", Now).ShouldBeTrue("nobody knows how old it is");
        _live.State.IsRefused.ShouldBeTrue();

        _live.Renew(2, Tokens("two"), Now);
        _live.State.IsRefused.ShouldBeFalse();
        _live.Refuse("one", Now).ShouldBeTrue("there is a newer one by now");
        _live.State.IsRefused.ShouldBeFalse();
        _live.Refuse("two", Now.AddSeconds(59)).ShouldBeFalse("another one would be refused as well");
        _live.Refuse("two", Now.AddSeconds(60)).ShouldBeTrue();
    }

    [Fact]
    public void What_an_operator_writes_may_be_of_any_age_and_what_another_instance_renewed_is_new()
    {
        _live.Offer(1, Tokens("one"), Changed, Now);

        _live.Offer(2, Tokens("two"), Changed, Now);
        _live.State.RenewedAt.ShouldBe(Now);

        _live.Offer(3, Tokens("three"), Changed.AddDays(1), Now);
        _live.State.RenewedAt.ShouldBeNull();
    }

    [Theory]
    [InlineData(600, 301, false)]
    [InlineData(600, 300, true)]
    [InlineData(240, 121, false)]
    [InlineData(240, 120, true)]
    public void A_token_that_lives_for_minutes_is_not_renewed_all_the_time(int lifeSeconds, int leftSeconds, bool ends)
    {
        _live.Offer(1, Tokens("one"), Changed, Now);
        _live.Renew(2, Tokens("two", Now.AddSeconds(lifeSeconds)), Now);

        _live.State.EndsWithin(TimeSpan.FromMinutes(5), Now.AddSeconds(lifeSeconds - leftSeconds)).ShouldBe(ends);
    }

    private string Access() => _live.State.Credentials[CredentialFields.AccessToken];

    private static AccountCredentials Tokens(string name, DateTimeOffset? ends = null) => new("oauth", new Dictionary<string, string>
    {
        [CredentialFields.AccessToken] = name,
        [CredentialFields.RefreshToken] = $"refresh-{name}",
        [CredentialFields.ExpiresAt] = AccountCredentials.Text((ends ?? Now.AddHours(8)).UtcDateTime),
    });
}
