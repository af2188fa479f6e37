using Gateway.Proxy.Platforms;
using Gateway.Proxy.Streaming;

namespace Gateway.Tests.Proxy.Streaming;

public sealed class RedactionTests
{
    private static readonly AccountCredentials Credentials = new("access_keys", new Dictionary<string, string>
    {
        ["access_key_id"] = "AKIAEXAMPLEEXAMPLE",
        ["secret_access_key"] = "a secret of some length",
        ["region"] = "us-east-1",
    });

    [Fact]
    public void What_identifies_the_account_is_taken_out_and_what_anybody_knows_stays() =>
        Redaction.Apply("The user AKIAEXAMPLEEXAMPLE with 'a secret of some length' has no access in us-east-1.", Credentials)
            .ShouldBe("The user [redacted] with '[redacted]' has no access in us-east-1.");

    [Fact]
    public void A_text_without_secrets_is_left_as_it_is() => Redaction.IsNeeded("The model is not offered in us-east-1."u8, Credentials).ShouldBeFalse();
}
