using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.Usage.GetKeyUsage;

/// <summary>What the calling key may use, and has used.</summary>
internal sealed record GetKeyUsageRequest(HttpContext Http, ClientFormat Format) : IRequest<ProxyReply>, IRequireApiKey;
