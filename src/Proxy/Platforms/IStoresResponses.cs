namespace Gateway.Proxy.Platforms;

/// <summary>An adapter whose platform keeps responses and answers for them later, and makes conversations shorter in a form of its own.</summary>
internal interface IStoresResponses
{
    /// <param name="response">The response's id, checked, and what follows it in the address.</param>
    HttpRequestMessage CreateRequest(HttpMethod method, string response, in UpstreamCall call);
}
