using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.Embeddings.CreateEmbedding;

/// <summary>Vectors of texts for an OpenAI client, by whichever account serves the model.</summary>
/// <param name="Deployment">The model, when the address names it; null: the body does.</param>
internal sealed record CreateEmbeddingRequest(HttpContext Http, ClientFormat Format, string? Deployment) : IRequest<ProxyReply>, IRequireApiKey;
