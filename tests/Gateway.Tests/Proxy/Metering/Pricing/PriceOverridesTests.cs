using Gateway.Infrastructure;
using Gateway.Proxy.Metering.Pricing;

namespace Gateway.Tests.Proxy.Metering.Pricing;

public sealed class PriceOverridesTests
{
    private static readonly DateTime January = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime March = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void The_newest_price_in_force_wins()
    {
        var book = Shipped.BookWith(
            Override(17, Platform.OpenAi, "gpt-5.4", 2, March),
            Override(9, Platform.OpenAi, "GPT-5.4", 1, January));

        Price(book, January.AddTicks(-1)).ShouldBe((2.5m, "catalogue:2026-08-01"));
        Price(book, January).ShouldBe((1, "override:9"));
        Price(book, March.AddTicks(-1)).ShouldBe((1, "override:9"));
        Price(book, March).ShouldBe((2, "override:17"));
        Price(book, DateTime.MaxValue).ShouldBe((2, "override:17"));

        static (decimal?, string) Price(PriceBook book, DateTime atUtc)
        {
            var quote = book.Find(Platform.OpenAi, "gpt-5.4", null, atUtc);
            return (quote.Prices.Input, quote.Version);
        }
    }

    [Fact]
    public void Of_two_prices_from_the_same_moment_the_later_entry_wins()
    {
        var book = Shipped.BookWith(
            Override(4, Platform.OpenAi, "gpt-5.4", 4, January),
            Override(5, Platform.OpenAi, "gpt-5.4", 5, January));

        Input(book, Platform.OpenAi, "gpt-5.4").ShouldBe(5);
    }

    [Fact]
    public void An_end_lets_the_shipped_price_count_again_and_leaves_the_past_as_it_was()
    {
        var book = Shipped.BookWith(
            Override(1, Platform.OpenAi, "gpt-5.4", 1, January),
            End(2, Platform.OpenAi, "GPT-5.4", March),
            Override(3, Platform.OpenAi, "gpt-5.4", 3, March.AddMonths(1)));

        VersionAt(January).ShouldBe("override:1");
        VersionAt(March.AddTicks(-1)).ShouldBe("override:1");
        VersionAt(March).ShouldBe("catalogue:2026-08-01");
        VersionAt(March.AddMonths(1)).ShouldBe("override:3");

        string VersionAt(DateTime atUtc) => book.Find(Platform.OpenAi, "gpt-5.4", null, atUtc).Version;
    }

    [Fact]
    public void A_price_entered_later_for_a_time_before_an_end_counts_until_that_end()
    {
        var book = Shipped.BookWith(End(1, Platform.OpenAi, "gpt-5.4", March), Override(2, Platform.OpenAi, "gpt-5.4", 2, January));

        book.Find(Platform.OpenAi, "gpt-5.4", null, March.AddTicks(-1)).Version.ShouldBe("override:2");
        book.Find(Platform.OpenAi, "gpt-5.4", null, March).Version.ShouldBe("catalogue:2026-08-01");
    }

    [Fact]
    public void After_its_end_a_price_that_no_file_has_is_unknown()
    {
        var book = Shipped.BookWith(Override(1, Platform.OpenAi, "my-model", 1, January), End(2, Platform.OpenAi, "my-model", March));

        book.Find(Platform.OpenAi, "my-model", null, January).Unpriced.ShouldBeFalse();
        book.Find(Platform.OpenAi, "my-model", null, March).Unpriced.ShouldBeTrue();
        book.Knows(Platform.OpenAi, "my-model").ShouldBeFalse();
        book.NamesOf(Platform.OpenAi).ShouldNotContain("my-model");
    }

    [Fact]
    public void An_end_ends_only_what_is_priced_under_its_own_name_and_platform()
    {
        var book = Shipped.BookWith(
            Override(1, Platform.Claude, "claude-opus-5", 1, January),
            Override(2, Platform.ClaudeCcr, "claude-opus-5", 0, January),
            End(3, Platform.ClaudeCcr, "claude-opus-5", March),
            Override(4, Platform.OpenAi, "gpt-5.5", 4, January),
            Override(5, Platform.OpenAi, "gpt-5.5-2026-04-23", 5, January),
            End(6, Platform.OpenAi, "gpt-5.5-2026-04-23", March));

        Input(book, Platform.ClaudeCcr, "claude-opus-5").ShouldBe(1);
        Input(book, Platform.OpenAi, "gpt-5.5-2026-04-23").ShouldBe(4);
    }

    [Fact]
    public void The_names_with_prices_are_listed_once_as_they_are_shipped()
    {
        var book = Shipped.BookWith(
            Override(1, Platform.OpenAi, "GPT-5.4", 1, January),
            Override(2, Platform.OpenAi, "a-model-to-come", 2, Shipped.Now.AddYears(1)),
            Override(3, Platform.Claude, "my-claude", 3, January));

        var openAi = book.NamesOf(Platform.OpenAi);

        openAi.ShouldBe(openAi.Order(StringComparer.OrdinalIgnoreCase));
        openAi.Where(name => name.Equals("gpt-5.4", StringComparison.OrdinalIgnoreCase)).ShouldBe(["gpt-5.4"]);
        openAi.ShouldContain("a-model-to-come");
        book.NamesOf(Platform.Claude).ShouldContain("my-claude");
        book.NamesOf(Platform.ClaudeCcr).ShouldBe(book.NamesOf(Platform.Claude));
    }

    [Fact]
    public void A_quote_says_since_when_the_operators_price_holds()
    {
        var book = Shipped.BookWith(Override(1, Platform.Bedrock, "anthropic.claude-opus-5", 1, January));

        book.Find(Platform.Bedrock, "anthropic.claude-opus-5", null, Shipped.Now).EffectiveFromUtc.ShouldBe(January);
        book.Find(Platform.Bedrock, "ca.anthropic.claude-opus-5", null, Shipped.Now).EffectiveFromUtc.ShouldBe(January);
        book.Find(Platform.Claude, "claude-opus-5", null, Shipped.Now).EffectiveFromUtc.ShouldBeNull();
    }

    [Theory]
    [InlineData(Platform.OpenAi, "gpt-5.4", "GPT-5.4", true)]
    [InlineData(Platform.OpenAi, "gpt-5.4", "gpt-5.4-mini", false)]
    [InlineData(Platform.Bedrock, "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0", true)]
    [InlineData(Platform.OpenAi, "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0", false)]
    public void Names_are_the_same_when_a_look_up_takes_them_for_the_same(Platform platform, string one, string other, bool same) =>
        PriceOverrides.IsSameName(platform, one, other).ShouldBe(same);

    [Fact]
    public void A_price_holds_on_its_platform_only_but_Claudes_for_its_OAuth_accounts_too()
    {
        var book = Shipped.BookWith(
            Override(1, Platform.Claude, "claude-opus-5", 1, January),
            Override(2, Platform.Claude, "claude-sonnet-5", 2, January),
            Override(3, Platform.ClaudeCcr, "claude-sonnet-5", 0, January));

        Input(book, Platform.Claude, "claude-opus-5").ShouldBe(1);
        Input(book, Platform.ClaudeCcr, "claude-opus-5").ShouldBe(1);
        Input(book, Platform.Azure, "claude-opus-5").ShouldBe(5);
        Input(book, Platform.Claude, "claude-sonnet-5").ShouldBe(2);
        Input(book, Platform.ClaudeCcr, "claude-sonnet-5").ShouldBe(0);
    }

    [Fact]
    public void A_price_covers_the_aliases_of_its_entry_unless_they_have_their_own()
    {
        var book = Shipped.BookWith(
            Override(1, Platform.OpenAi, "gpt-5.5", 1, January),
            Override(2, Platform.OpenAi, "gpt-4o", 2, January),
            Override(3, Platform.OpenAi, "gpt-5.4-2026-03-05", 3, January));

        Input(book, Platform.OpenAi, "gpt-5.5-2026-04-23").ShouldBe(1);
        Input(book, Platform.OpenAi, "gpt-5.5-2027-01-01").ShouldBe(1);
        Input(book, Platform.OpenAi, "gpt-4o-2024-05-13").ShouldBe(5);   // an entry of its own
        Input(book, Platform.OpenAi, "gpt-5.4").ShouldBe(2.5m);
        Input(book, Platform.OpenAi, "gpt-5.4-2026-03-05").ShouldBe(3);
    }

    [Fact]
    public void One_regions_price_says_nothing_of_other_regions()
    {
        var book = Shipped.BookWith(
            Override(1, Platform.Bedrock, "us.anthropic.claude-opus-5", 1, January),
            Override(2, Platform.Bedrock, "eu-west-1/minimax.minimax-m2.5", 2, January));

        Input(book, Platform.Bedrock, "us.anthropic.claude-opus-5").ShouldBe(1);
        Input(book, Platform.Bedrock, "eu.anthropic.claude-opus-5").ShouldBe(5.5m);
        Input(book, Platform.Bedrock, "minimax.minimax-m2.5", "eu-west-1").ShouldBe(2);
        Input(book, Platform.Bedrock, "minimax.minimax-m2.5", "eu-south-1").ShouldBe(0.36m);
    }

    [Fact]
    public void A_price_for_the_name_as_sent_beats_the_shipped_price_of_a_region()
    {
        var book = Shipped.BookWith(
            Override(1, Platform.Bedrock, "minimax.minimax-m2.5", 1, January),
            Override(2, Platform.Azure, "gpt-5.4", 2, January));

        Input(book, Platform.Bedrock, "minimax.minimax-m2.5", "eu-west-1").ShouldBe(1);
        Input(book, Platform.Azure, "gpt-5.4", "us").ShouldBe(2);
    }

    [Fact]
    public void A_name_that_no_file_has_can_be_priced_even_an_ARN()
    {
        const string Profile = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123";
        var book = Shipped.BookWith(
            Override(1, Platform.Bedrock, Profile, 1, January),
            Override(2, Platform.OpenAi, "my-model", 2, Shipped.Now.AddDays(1)));

        book.Find(Platform.Bedrock, Profile, "us-east-1", Shipped.Now).Version.ShouldBe("override:1");
        book.Find(Platform.OpenAi, "my-model", null, Shipped.Now).Unpriced.ShouldBeTrue();
        book.Knows(Platform.OpenAi, "my-model").ShouldBeTrue();
    }

    [Fact]
    public void A_relative_of_an_overridden_name_has_its_price_as_an_estimate()
    {
        var book = Shipped.BookWith(Override(1, Platform.Bedrock, "anthropic.claude-opus-5", 1, January));

        var quote = book.Find(Platform.Bedrock, "ca.anthropic.claude-opus-5", null, Shipped.Now);

        quote.Version.ShouldBe("override:1");
        quote.Estimated.ShouldBeTrue();
    }

    [Fact]
    public void Prices_are_replaced_whole_and_the_models_limits_stay_known()
    {
        var book = Shipped.BookWith(new PriceOverride(1, Platform.OpenAi, "gpt-5.4", January, new ModelPrices { Input = 1, Output = 2 }));

        var prices = book.Find(Platform.OpenAi, "gpt-5.4", null, Shipped.Now).Prices;

        prices.ShouldBe(new ModelPrices { Input = 1, Output = 2, Mode = "chat", ContextWindow = 1_050_000, MaxOutputTokens = 128_000 });
    }

    private static PriceOverride Override(long id, Platform platform, string model, decimal input, DateTime fromUtc) =>
        new(id, platform, model, fromUtc, new ModelPrices { Input = input });

    private static PriceOverride End(long id, Platform platform, string model, DateTime fromUtc) => new(id, platform, model, fromUtc, null);

    private static decimal? Input(PriceBook book, Platform platform, string model, string? region = null) =>
        book.Find(platform, model, region, Shipped.Now).Prices.Input;
}
