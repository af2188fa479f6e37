using System.Buffers;
using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Platforms.Capabilities;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Streaming;

namespace Gateway.Proxy;

/// <summary>Says a client's request in the words of a platform that does not speak the client's format, and prepares the way back.</summary>
internal sealed class RequestConverter(CapabilityTable capabilities)
{
    private const string AnyScope = "any";
    private const int ScopeLength = 8;

    /// <summary>The format in which the request goes to the account.</summary>
    public WireFormat WireOf(ProxyCall call, IPlatformAdapter adapter, AccountLease lease) =>
        adapter.Choose(new WireQuestion(lease.Account, call.Format.Wire, call.Request, CapabilitiesOf(call, lease)));

    /// <summary>Prepares the call's reader, converter and list of what was dropped.</summary>
    /// <returns>The body to send, to be disposed; null: <paramref name="failure"/> says what cannot be sent there.</returns>
    public PooledBody? Convert(ProxyCall call, PooledBody body, AccountLease lease, WireFormat upstream, out Failure? failure)
    {
        failure = null;
        call.Neutral ??= Codec.Of(call.Format.Wire).DecodeRequest(JsonElement.Parse(body.Span), out failure);
        if (call.Neutral is not { } decoded)
        {
            return null;
        }

        // Some formats have both in the address.
        var request = call.Neutral = decoded with { Model = call.Request.Model, Stream = call.Request.Stream };

        var target = Target(call, lease);
        var codec = Codec.Of(upstream);
        var encoded = codec.CreateRequestEncoder(request, target).Encode();
        if (target.Refusal is not null)
        {
            failure = target.Refusal;
            return null;
        }

        var decoder = codec.CreateAnswerDecoder();
        var context = new AnswerContext(request, target, call.RequestId.ToString(), new DateTimeOffset(call.CreatedAtUtc));
        call.Reader = decoder;
        call.Converter = new AnswerConverter(decoder, Codec.Of(call.Format.Wire).CreateAnswerEncoder(context), target.Dropped);
        var array = ArrayPool<byte>.Shared.Rent(encoded.Length);
        encoded.CopyTo(array);
        return new PooledBody(array, encoded.Length);
    }

    private RequestTarget Target(ProxyCall call, AccountLease lease)
    {
        var account = lease.Account;
        var model = CapabilitiesOf(call, lease);
        var scope = model.BoundSignatures ? NeutralId.Hash(account.Group ?? $"account {account.Id}", ScopeLength) : AnyScope;
        return new RequestTarget(account.Platform, lease.UpstreamModel, model, model.Vendor ?? "none", scope, call.Key.Options.StrictConversion, call.Key.Options.ShowReasoning);
    }

    /// <summary>Operators name deployments: one whose name is no model's is the model that was asked for.</summary>
    private ModelCapabilities CapabilitiesOf(ProxyCall call, AccountLease lease) =>
        capabilities.Of(lease.Account.Platform == Platform.Azure && !capabilities.Knows(lease.UpstreamModel) ? call.Route!.Model : lease.UpstreamModel);
}
