using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Proxy.Access;

/// <summary>A message of the proxy's surface: only a valid API key may send it.</summary>
internal interface IRequireApiKey
{
    HttpContext Http { get; }

    /// <summary>In whose format errors are written.</summary>
    ClientFormat Format { get; }

    /// <summary>Whether the key may come in the query.</summary>
    bool AcceptsKeyInQuery => false;
}

/// <summary>Admits messages of the proxy's surface.</summary>
/// <remarks>The container skips it for messages without <see cref="IRequireApiKey"/>: an architecture test demands one of the interfaces of every message.</remarks>
internal sealed class ApiKeyBehavior<TRequest, TResponse>(ApiKeyAuthenticator authenticator) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>, IRequireApiKey
    where TResponse : IFailable<TResponse>
{
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        var (key, error) = authenticator.Authenticate(request.Http, request.AcceptsKeyInQuery);
        if (error is not null)
        {
            return Task.FromResult(TResponse.Fail(error));
        }

        request.Http.Features.Set(key!);
        return next();
    }
}

internal static class ApiKeyOfRequest
{
    /// <summary>The key that <see cref="ApiKeyBehavior{TRequest,TResponse}"/> admitted.</summary>
    public static ApiKeyIdentity ApiKey(this HttpContext http) => http.Features.Get<ApiKeyIdentity>()
        ?? throw new InvalidOperationException("No API key was admitted.");
}
