using Gateway.Infrastructure;
using Gateway.Proxy.Metering.Pricing;

namespace Gateway.Tests.Proxy.Metering.Pricing;

/// <summary>AC-18: a price is found under an exact or declared name, or not at all.</summary>
public sealed class PriceBookTests
{
    [Theory]
    // the name, then an alias; in any case of letters
    [InlineData(Platform.Claude, "claude-opus-4-8", null, 5)]
    [InlineData(Platform.Claude, "CLAUDE-Opus-4-8", null, 5)]
    [InlineData(Platform.Claude, "claude-opus-4-7-20260416", null, 5)]
    [InlineData(Platform.ClaudeCcr, "claude-haiku-4-5-20251001", null, 1)]
    [InlineData(Platform.OpenAi, "gpt-4o", null, 2.5)]
    [InlineData(Platform.Gemini, "gemini-2.5-flash", null, 0.3)]
    // an ARN names its model at the end
    [InlineData(Platform.Bedrock, "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5", null, 5)]
    [InlineData(Platform.Bedrock, "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-5", null, 5.5)]
    // the region's price comes first, even where the bare id has one
    [InlineData(Platform.Bedrock, "minimax.minimax-m2.5", null, 0.3)]
    [InlineData(Platform.Bedrock, "minimax.minimax-m2.5", "eu-west-1", 0.36)]
    [InlineData(Platform.Bedrock, "minimax.minimax-m2.5", "EU-WEST-2", 0.47)]
    [InlineData(Platform.Bedrock, "minimax.minimax-m2.5", "af-south-1", 0.3)]
    [InlineData(Platform.Bedrock, "arn:aws:bedrock:eu-west-1::foundation-model/minimax.minimax-m2.5", "eu-west-1", 0.36)]
    [InlineData(Platform.Azure, "gpt-5.4", null, 2.5)]
    [InlineData(Platform.Azure, "gpt-5.4", "us", 2.75)]
    [InlineData(Platform.Azure, "gpt-5.4", "eu", 2.75)]
    [InlineData(Platform.Azure, "gpt-5.4", "", 2.5)]
    // a region means nothing elsewhere
    [InlineData(Platform.OpenAi, "gpt-5.4", "us", 2.5)]
    // a snapshot that nobody lists costs what its model does
    [InlineData(Platform.Claude, "claude-opus-5-20270101", null, 5)]
    [InlineData(Platform.Claude, "claude-sonnet-5-5@20270101", null, 2)]
    [InlineData(Platform.OpenAi, "gpt-6-sol-2026-12-01", null, 2)]
    [InlineData(Platform.OpenAi, "gpt-4-0531", null, 30)]
    [InlineData(Platform.Azure, "gpt-5.4-2027-01-01", "us", 2.75)]
    // one that is listed has its own price
    [InlineData(Platform.OpenAi, "gpt-4o-2024-05-13", null, 5)]
    [InlineData(Platform.Azure, "mistral-large-2402", null, 8)]
    // fine-tuned models that are listed as such
    [InlineData(Platform.OpenAi, "ft:babbage-002", null, 1.6)]
    public void A_known_name_has_its_price(Platform platform, string model, string? region, double input)
    {
        var quote = Shipped.Find(platform, model, region);

        quote.Prices.Input.ShouldBe((decimal)input);
        quote.Estimated.ShouldBeFalse();
        quote.Unpriced.ShouldBeFalse();
    }

    [Theory]
    // no such profile is listed: the bare id's price, which can be a tenth too low
    [InlineData(Platform.Bedrock, "ca.anthropic.claude-opus-5", null, 5)]
    [InlineData(Platform.Bedrock, "US-GOV.anthropic.claude-opus-5", null, 5)]
    [InlineData(Platform.Bedrock, "eu.minimax.minimax-m2.5", "eu-west-1", 0.36)]
    [InlineData(Platform.Bedrock, "us-gov.anthropic.claude-haiku-4-5-20251001-v1:0", "us-gov-west-1", 1.2)]
    [InlineData(Platform.Bedrock, "eu.zai.glm-5-20270101", null, 1)]
    // priced with a prefix only
    [InlineData(Platform.Bedrock, "deepseek.r1-v1:0", null, 1.35)]
    [InlineData(Platform.Bedrock, "eu.deepseek.r1-v1:0", null, 1.35)]
    [InlineData(Platform.Bedrock, "mistral.pixtral-large-2502-v1:0", "us-east-1", 2)]
    // fine-tuned
    [InlineData(Platform.OpenAi, "ft:gpt-4o-2024-08-06:acme::abc", null, 3.75)]
    [InlineData(Platform.OpenAi, "ft:gpt-5.4-mini:acme::abc", null, 0.75)]
    public void A_relative_of_a_known_name_has_its_price_as_an_estimate(Platform platform, string model, string? region, double input)
    {
        var quote = Shipped.Find(platform, model, region);

        quote.Prices.Input.ShouldBe((decimal)input);
        quote.Estimated.ShouldBeTrue();
        quote.Unpriced.ShouldBeFalse();
        quote.Version.ShouldBe("catalogue:2026-08-01");
    }

    [Theory]
    [InlineData(Platform.OpenAi, "claude-opus-5")]                  // another platform's
    [InlineData(Platform.Claude, "gpt-5.4")]
    [InlineData(Platform.Claude, "claude-opus")]                    // a part of a name
    [InlineData(Platform.Claude, "claude-opus-5-preview")]
    [InlineData(Platform.Claude, "claude-opus-5-thinking")]
    [InlineData(Platform.OpenAi, "gpt-5.4-")]
    [InlineData(Platform.OpenAi, "gpt-5.4 ")]
    [InlineData(Platform.OpenAi, "openai/gpt-5.4")]
    [InlineData(Platform.OpenAi, "us.gpt-5.4")]                     // prefixes are Bedrock's
    [InlineData(Platform.OpenAi, "ft:gpt-5.4")]
    [InlineData(Platform.OpenAi, "ft:nothing:acme::abc")]
    [InlineData(Platform.OpenAi, "gpt-5.4-20261301")]
    [InlineData(Platform.Gemini, "gemini-2.5-flash-0613")]
    [InlineData(Platform.Bedrock, "us.anthropic.claude-opus")]
    [InlineData(Platform.Bedrock, "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc123")]
    [InlineData(Platform.Bedrock, "arn:")]
    [InlineData(Platform.OpenAi, "")]
    [InlineData(Platform.OpenAi, "gpt-9")]
    public void Anything_else_is_unpriced_never_guessed(Platform platform, string model)
    {
        var quote = Shipped.Find(platform, model);

        quote.Unpriced.ShouldBeTrue();
        quote.Version.ShouldBe("policy:ceiling");
        quote.Prices.Input.ShouldBe(15);
        quote.Prices.Output.ShouldBe(75);
        Shipped.Book.Knows(platform, model).ShouldBeFalse();
    }

    [Fact]
    public void An_id_that_costs_differently_in_two_regions_is_not_guessed_from_either()
    {
        var catalog = new PriceCatalog(
        [
            new CatalogEntry("us.a", [Platform.Bedrock], ["us.b", "eu.b"], null, new ModelPrices { Input = 1 }, "test:1"),
            new CatalogEntry("eu.a", [Platform.Bedrock], ["jp.a"], null, new ModelPrices { Input = 2 }, "test:1"),
        ]);
        var book = new PriceBook(catalog, [], UnknownModelPolicy.Default);

        book.Find(Platform.Bedrock, "a", null, Shipped.Now).Unpriced.ShouldBeTrue();
        book.Find(Platform.Bedrock, "b", null, Shipped.Now).Prices.Input.ShouldBe(1);
    }

    [Fact]
    public void The_policy_for_unknown_models_sets_their_price_and_nothing_else()
    {
        var ceiling = BookWith(new UnknownModelPolicy(UnknownModelKind.Ceiling, 20, 100));
        var refuse = BookWith(new UnknownModelPolicy(UnknownModelKind.Refuse, 20, 100));
        var free = BookWith(new UnknownModelPolicy(UnknownModelKind.Free, 20, 100));

        Unknown(ceiling).ShouldBe(("policy:ceiling", true, false, 20, 100));
        Unknown(refuse).ShouldBe(("policy:refuse", true, true, 20, 100));
        Unknown(free).ShouldBe(("policy:free", true, false, 0, 0));
        foreach (var book in new[] { ceiling, refuse, free })
        {
            book.Knows(Platform.OpenAi, "gpt-9").ShouldBeFalse();
            book.Knows(Platform.OpenAi, "gpt-5.4").ShouldBeTrue();
            book.Find(Platform.OpenAi, "gpt-5.4", null, Shipped.Now).Refused.ShouldBeFalse();
        }

        static PriceBook BookWith(UnknownModelPolicy policy) => new(Shipped.Catalog, [], policy);

        static (string, bool, bool, decimal?, decimal?) Unknown(PriceBook book)
        {
            var quote = book.Find(Platform.OpenAi, "gpt-9", null, Shipped.Now);
            return (quote.Version, quote.Unpriced, quote.Refused, quote.Prices.Input, quote.Prices.Output);
        }
    }

    [Fact]
    public void A_look_up_allocates_nothing_and_remembers_nothing()
    {
        var book = Shipped.BookWith(new PriceOverride(1, Platform.OpenAi, "gpt-5.4", Shipped.Now, new ModelPrices { Input = 1 }));
        LookUp();
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++)
        {
            LookUp();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void LookUp()
        {
            book.Find(Platform.OpenAi, "gpt-5.4", null, Shipped.Now);
            book.Find(Platform.OpenAi, "gpt-5.4-mini-2027-01-01", null, Shipped.Now);
            book.Find(Platform.ClaudeCcr, "claude-opus-5", null, Shipped.Now);
            book.Find(Platform.Bedrock, "ca.anthropic.claude-opus-5", "ca-central-1", Shipped.Now);
            book.Find(Platform.OpenAi, "ft:gpt-4o-2024-08-06:acme::abc", null, Shipped.Now);
            book.Find(Platform.Azure, "nobody-knows-this", "us", Shipped.Now);
        }
    }

    [Fact]
    public void A_name_of_any_length_is_answered()
    {
        foreach (var length in new[] { 1, 511, 512, 513, 100_000 })
        {
            Shipped.Find(Platform.Bedrock, new string('9', length), "eu-west-1").Unpriced.ShouldBeTrue();
            Shipped.Find(Platform.Bedrock, "anthropic.claude-opus-5", new string('x', length)).Prices.Input.ShouldBe(5);
        }
    }
}
