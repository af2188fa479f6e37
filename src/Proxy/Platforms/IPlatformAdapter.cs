using Gateway.Infrastructure;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;
using Gateway.Proxy.Scheduling;

namespace Gateway.Proxy.Platforms;

/// <summary>One platform's addresses, authentication and failures. It knows no client. One instance serves every request: thread-safe, and what it keeps belongs to none of them.</summary>
internal interface IPlatformAdapter
{
    Platform Platform { get; }

    /// <summary>Whether the platform has models for this. Tokens can always be counted: the gateway estimates what a platform does not count.</summary>
    bool Supports(Operation operation);

    /// <summary>The format in which a request goes to an account: the client's own, in which it goes as it is, or the one it is turned into.</summary>
    /// <returns>Null: the account cannot do it.</returns>
    WireFormat? Choose(in WireQuestion question);

    HttpRequestMessage CreateRequest(in UpstreamCall call);

    /// <summary>Adds credentials that are not at hand, or that depend on the finished request.</summary>
    /// <returns>Null: the request can be sent.</returns>
    ValueTask<Failure?> AuthenticateAsync(HttpRequestMessage request, UpstreamCall call, CancellationToken cancellationToken) => ValueTask.FromResult<Failure?>(null);

    /// <summary>
    /// Brings a reply whose transport is the platform's own into the shape that is relayed, by giving it other content: events as server-sent events, bodies
    /// in the words of their format. Nothing is read here.
    /// </summary>
    void Unwrap(HttpResponseMessage response, in UpstreamCall call)
    {
    }

    /// <summary>Whether bodies of refusals are in this format, so that its clients may get them as they are.</summary>
    bool SaysRefusalsIn(WireFormat wire) => true;

    /// <summary>A cheap model that the platform has, for testing an account that lists none.</summary>
    string ProbeModel { get; }

    WireFormat ProbeWire { get; }

    /// <summary>The smallest request that proves an account works. The array is the caller's.</summary>
    byte[] ProbeBody(string model);

    /// <summary>What a reply other than a success means.</summary>
    Failure ReadFailure(in UpstreamRefusal refusal);
}

/// <summary>A platform that wants bodies otherwise than the maker of their format does.</summary>
internal interface IBodyEditor
{
    /// <summary>Whether edits are enough for a client's body; otherwise it is converted, though platform and client speak the same format.</summary>
    bool CanPass(in UpstreamBody body);

    /// <summary>Edits a body that is in one of the platform's formats, its own model included. What cannot be said there is told to the target.</summary>
    void CollectEdits(in UpstreamBody body, RequestTarget target, List<BodyEdit> edits);
}

/// <summary>A body in one of a platform's formats.</summary>
internal readonly record struct UpstreamBody(WireFormat Wire, Operation Operation, ReadOnlyMemory<byte> Bytes, IHeaderDictionary ClientHeaders);

/// <summary>What decides in which of its formats a platform is asked.</summary>
/// <param name="Client">The client's format.</param>
/// <param name="Model">What the model can do at the platform.</param>
internal readonly record struct WireQuestion(UpstreamAccount Account, WireFormat Client, Operation Operation, InspectedRequest Request, ModelCapabilities Model);

/// <summary>One request on its way to an account.</summary>
/// <param name="Content">The body, with its edits.</param>
/// <param name="ClientHeaders">For the few that are passed on.</param>
/// <param name="Query">The client's query without its key, with a leading <c>?</c>; empty when there is none.</param>
internal readonly record struct UpstreamCall(
    UpstreamAccount Account, WireFormat Wire, Operation Operation, HttpContent? Content, IHeaderDictionary ClientHeaders, string Query)
{
    /// <summary>As the platform names it: some have it in the address.</summary>
    public required string Model { get; init; }

    /// <summary>Whether the answer is to be streamed: some have that in the address, too.</summary>
    public bool Stream { get; init; }
}

/// <summary>A reply that is no success.</summary>
/// <param name="Body">At most the first megabyte.</param>
internal readonly record struct UpstreamRefusal(int Status, System.Net.Http.Headers.HttpResponseHeaders Headers, ReadOnlyMemory<byte> Body, DateTimeOffset Now)
{
    /// <summary>The model that was asked for, as the platform names it.</summary>
    public string Model { get; init; } = "";

    /// <summary>Whose request it was; null: of a trial, from which nothing is learnt.</summary>
    public UpstreamAccount? Account { get; init; }

    /// <summary>What was refused; null: that is not known.</summary>
    public HttpRequestMessage? Request { get; init; }

    /// <summary>
    /// What the status means where the body says no more. A page of something in between, or nothing at all, comes from no platform, and so says nothing of
    /// credentials or balances (AC-13).
    /// </summary>
    /// <param name="message">What the platform says.</param>
    public FailureKind KindOfStatus(string message) =>
        FailureKinds.OfStatus(Status, message) is var kind && kind is FailureKind.AuthAccount or FailureKind.QuotaAccount && !IsJson ? FailureKind.Server : kind;

    /// <summary>Whether the body looks like JSON, also when it was cut.</summary>
    public bool IsJson
    {
        get
        {
            var body = Body.Span;
            body = (body.StartsWith("\ufeff"u8) ? body[3..] : body).TrimStart(" \t\r\n"u8);
            return !body.IsEmpty && body[0] is (byte)'{' or (byte)'[';
        }
    }
}
