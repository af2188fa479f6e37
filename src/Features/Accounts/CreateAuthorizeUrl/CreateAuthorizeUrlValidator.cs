using FluentValidation;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Http;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Validation;

namespace Gateway.Features.Accounts.CreateAuthorizeUrl;

internal sealed class CreateAuthorizeUrlValidator : AbstractValidator<CreateAuthorizeUrlRequest>
{
    private const int ScopeMaxLength = 1000;

    public CreateAuthorizeUrlValidator()
    {
        RuleFor(r => r.Platform).OneOf([.. PlatformNames.All]);
        RuleFor(r => r.ProxyUrl).Address();
        RuleFor(r => r.TokenUrl).Address();
        RuleFor(r => r.AuthorizeUrl).Must(IsPage).WithMessage($"Required: the https address of the provider's log-in page, of at most {Account.UrlMaxLength} characters.");
        RuleFor(r => r.RedirectUri).Must(IsRedirect)
            .WithMessage($"Required: an absolute URI without a fragment, of at most {Account.UrlMaxLength} characters, as registered with the client id.");
        RuleFor(r => r.ClientId).Must(id => id is null || IsVisible(id, Account.UrlMaxLength, withBlanks: false))
            .WithMessage($"Must be 1 to {Account.UrlMaxLength} visible ASCII characters.");
        RuleFor(r => r.Scope).Must(scope => scope is null || IsVisible(scope, ScopeMaxLength, withBlanks: true))
            .WithMessage($"Must be 1 to {ScopeMaxLength} visible ASCII characters and blanks.");
    }

    // The browser goes there, not the gateway: plain http only on the browser's own machine.
    private static bool IsPage(string? url) =>
        url is { Length: <= Account.UrlMaxLength } && UpstreamAddress.TryParse(url, AddressUse.Endpoint, out var address, out _)
        && (address.IsTls || address.Host == "localhost" || (address.Literal is { } literal && System.Net.IPAddress.IsLoopback(literal)));

    private static bool IsRedirect(string? uri) =>
        uri is { Length: <= Account.UrlMaxLength } && IsVisible(uri, Account.UrlMaxLength, withBlanks: false) && !uri.Contains('#')

        // On Unix a path counts as an absolute URI.
        && char.IsAsciiLetter(uri[0]) && Uri.TryCreate(uri, UriKind.Absolute, out _);

    private static bool IsVisible(string text, int longest, bool withBlanks) =>
        text.Length > 0 && text.Length <= longest && !text.AsSpan().ContainsAnyExceptInRange(withBlanks ? ' ' : '!', '~');
}
