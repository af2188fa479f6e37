using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Accounts.TestAccount;

/// <summary>Sends one tiny real request to the account's platform. It costs what a handful of tokens cost, is not recorded as usage, and changes nothing about routing.</summary>
/// <param name="Id">Identifier of the account.</param>
/// <param name="Model">Which model to ask, as clients would; absent: the first that the account lists, else a cheap one of its platform.</param>
public sealed record TestAccountRequest(long Id, string? Model = null) : IRequest<Result<TestAccountResponse>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}

/// <summary>The body of the call.</summary>
/// <param name="Model">Which model to ask; absent: the first that the account lists, else a cheap one of its platform.</param>
public sealed record TestAccountBody(string? Model = null);

/// <summary>How the platform answered.</summary>
/// <param name="Ok">Whether the account works.</param>
/// <param name="Status">The platform's HTTP status; 0: there was no answer.</param>
/// <param name="LatencyMs">Time until the whole answer was there, in milliseconds.</param>
/// <param name="Model">The model that was asked, by its name at the platform.</param>
/// <param name="Message"><c>ok</c>, or what is wrong in words.</param>
public sealed record TestAccountResponse(bool Ok, int Status, long LatencyMs, string Model, string Message);
