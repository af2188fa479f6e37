using Gateway.Infrastructure;
using Gateway.Proxy.Platforms;

namespace Gateway.Tests.Proxy.Platforms;

public sealed class PlatformCatalogueTests
{
    [Fact]
    public void Every_platform_is_described_once_in_order() =>
        new PlatformCatalogue(true).All.Select(description => description.Id).ShouldBe(PlatformNames.All);

    [Fact]
    public void Hints_and_fields_agree_with_each_other()
    {
        var kinds = new PlatformCatalogue(true).All.SelectMany(description => description.CredentialKinds).ToList();

        kinds.Count.ShouldBe(9);
        foreach (var kind in kinds)
        {
            kind.HintFields.ShouldNotBeEmpty();
            kind.HintFields.ShouldAllBe(name => kind.Find(name) != null && kind.Find(name)!.Required);
            kind.Fields.Select(field => field.Name).ShouldBeUnique();
            kind.Fields.Where(field => field.Kind == FieldKind.Secret).ShouldAllBe(field => !field.IsShown);
            kind.Fields.ShouldAllBe(field => field.Label.En != "" && field.Label.Zh != "" && field.Help.En != "" && field.Help.Zh != "");
        }
    }

    [Fact]
    public void Two_kinds_of_a_platform_never_fit_the_same_fields()
    {
        foreach (var description in new PlatformCatalogue(true).All)
        {
            var required = description.CredentialKinds.Select(kind => string.Join(',', kind.Fields.Where(field => field.Required).Select(field => field.Name).Order())).ToList();

            required.ShouldBeUnique();
        }
    }

    [Fact]
    public void The_address_of_bedrock_follows_its_region()
    {
        var bedrock = new PlatformCatalogue(false)[Platform.Bedrock];
        var credentials = new AccountCredentials("api_key", new Dictionary<string, string> { ["region"] = "eu-west-3", ["api_key"] = "k" });

        bedrock.BaseUrlOf(null, credentials).ShouldBe("https://bedrock-runtime.eu-west-3.amazonaws.com");
        bedrock.BaseUrlOf("https://own.example", credentials).ShouldBe("https://own.example");
    }
}
