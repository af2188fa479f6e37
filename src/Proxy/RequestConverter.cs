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

    /// <summary>The format in which the request goes to the account; null: the account cannot do what is asked.</summary>
    public WireFormat? WireOf(ProxyCall call, IPlatformAdapter adapter, AccountLease lease) =>
        adapter.Choose(new WireQuestion(lease.Account, call.Format.Wire, call.Operation, call.Request, CapabilitiesOf(call, lease)));

    /// <summary>Prepares the call's reader, converter and list of what was dropped.</summary>
    /// <returns>The body to send, to be disposed; null: <paramref name="failure"/> says what cannot be sent there.</returns>
    public PooledBody? Convert(ProxyCall call, PooledBody body, AccountLease lease, WireFormat upstream, out Failure? failure)
    {
        var target = Target(call, lease);
        var output = new ArrayBufferWriter<byte>(4096);
        failure = call.Operation switch
        {
            Operation.Embed => ConvertEmbedding(call, body, target, EmbeddingCodec.Of(upstream), output),
            Operation.CountTokens => ConvertCount(call, body, target, Codec.Of(upstream), output),
            _ => ConvertAnswer(call, body, target, Codec.Of(upstream), output),
        };
        failure ??= target.Refusal;
        if (failure is not null)
        {
            return null;
        }

        var array = ArrayPool<byte>.Shared.Rent(output.WrittenCount);
        output.WrittenSpan.CopyTo(array);
        return new PooledBody(array, output.WrittenCount);
    }

    private static Failure? ConvertAnswer(ProxyCall call, PooledBody body, RequestTarget target, Codec codec, ArrayBufferWriter<byte> output)
    {
        if (Decode(call, body, out var failure) is not { } request)
        {
            return failure;
        }

        output.Write(codec.CreateRequestEncoder(request, target).Encode().Span);
        var decoder = codec.CreateAnswerDecoder();
        var context = new AnswerContext(request, target, call.RequestId.ToString(), new DateTimeOffset(call.CreatedAtUtc));
        call.Reader = decoder;
        call.Converter = new AnswerConverter(decoder, Codec.Of(call.Format.Wire).CreateAnswerEncoder(context), target.Dropped);
        return null;
    }

    private static Failure? ConvertCount(ProxyCall call, PooledBody body, RequestTarget target, Codec codec, ArrayBufferWriter<byte> output)
    {
        if (Decode(call, body, out var failure) is not { } request)
        {
            return failure;
        }

        var encoded = codec.CreateRequestEncoder(request, target).Encode();
        call.Converter = new TokenCountConverter(codec.TokenCounting!, Codec.Of(call.Format.Wire).TokenCounting!, target.Dropped);
        if (target.Refusal is null)
        {
            using var writer = new Utf8JsonWriter(output, JsonText.WriterOptions);
            codec.TokenCounting!.WriteRequest(writer, JsonElement.Parse(encoded.Span), target.Model);
        }

        return null;
    }

    private static Failure? ConvertEmbedding(ProxyCall call, PooledBody body, RequestTarget target, EmbeddingCodec codec, ArrayBufferWriter<byte> output)
    {
        var client = EmbeddingCodec.Of(call.Format.Wire);
        if (client.DecodeRequest(JsonElement.Parse(body.Span), out var failure) is not { } request)
        {
            return failure;
        }

        foreach (var field in request.Untranslatable)
        {
            target.Drop(field);
        }

        using var writer = new Utf8JsonWriter(output, JsonText.WriterOptions);
        codec.WriteRequest(writer, request, target);
        var decoder = codec.CreateDecoder();
        call.Reader = decoder;
        call.Converter = new EmbeddingConverter(decoder, client, request, call.Request.Model, target.Dropped);
        return null;
    }

    private static NeutralRequest? Decode(ProxyCall call, PooledBody body, out Failure? failure)
    {
        failure = null;
        if (call.Neutral is null && Codec.Of(call.Format.Wire).DecodeRequest(JsonElement.Parse(body.Span), out failure) is { } decoded)
        {
            // Some formats have both in the address.
            call.Neutral = decoded with { Model = call.Request.Model, Stream = call.Request.Stream };
        }

        return call.Neutral;
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
