using System.Globalization;
using Gateway.Infrastructure;

namespace Gateway.Tests.Infrastructure;

public sealed class MoneyTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "0.000000001")]
    [InlineData(-1, "-0.000000001")]
    [InlineData(10, "0.00000001")]
    [InlineData(1_500_000_000, "1.5")]
    [InlineData(5_000_000_000, "5")]
    [InlineData(-20_000_000_000, "-20")]
    [InlineData(9_000_000_000_000_000, "9000000")]
    [InlineData(123_456_789_012_345_678, "123456789.012345678")]
    [InlineData(long.MaxValue, "9223372036.854775807")]
    [InlineData(long.MinValue, "-9223372036.854775808")]
    public void Dollars_are_exact_and_have_no_trailing_zeros(long nanoUsd, string usd) =>
        Money.ToUsd(nanoUsd).ToString(CultureInfo.InvariantCulture).ShouldBe(usd);

    [Fact]
    public void Every_amount_survives_the_way_to_dollars_and_back()
    {
        var random = new Random(16);
        for (var i = 0; i < 20_000; i++)
        {
            // Shifting spreads the amounts over all magnitudes; multiples of powers of ten are where zeros could trail.
            var amount = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(63);
            var round = amount / 1_000_000 * 1_000_000;

            Money.ToNanoUsd(Money.ToUsd(amount)).ShouldBe(amount);
            Money.ToNanoUsd(Money.ToUsd(round)).ShouldBe(round);
            LastDecimal(Money.ToUsd(amount)).ShouldNotBe('0', amount.ToString(CultureInfo.InvariantCulture));
            LastDecimal(Money.ToUsd(round)).ShouldNotBe('0', round.ToString(CultureInfo.InvariantCulture));
        }
    }

    [Theory]
    [InlineData("0.0000000005", 1)]
    [InlineData("-0.0000000005", -1)]
    [InlineData("0.0000000025", 3)]
    [InlineData("0.00000000049999999999", 0)]
    public void Half_a_billionth_rounds_away_from_zero(string usd, long nanoUsd) =>
        Money.ToNanoUsd(decimal.Parse(usd, CultureInfo.InvariantCulture)).ShouldBe(nanoUsd);

    [Fact]
    public void An_absent_amount_stays_absent() => Money.ToUsd((long?)null).ShouldBeNull();

    private static char LastDecimal(decimal usd)
    {
        var text = usd.ToString(CultureInfo.InvariantCulture);
        return text.Contains('.') ? text[^1] : '1';
    }
}
