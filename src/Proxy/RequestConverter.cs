using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Platforms.Capabilities;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Streaming;

namespace Gateway.Proxy;

/// <summary>Says a client's request in the words of a platform that does not speak the client's format, and prepares the way back.</summary>
internal sealed class RequestConverter(CapabilityTable capabilities, MediaFetcher media)
{
    private const string AnyScope = "any";
    private const int ScopeLength = 8;

    // How many requests to a platform one request for vectors may become.
    private const int MostParts = 256;

    /// <summary>What the model of the attempt can do at its account.</summary>
    public ModelCapabilities CapabilitiesOf(ProxyCall call, AccountLease lease) => capabilities.Of(lease.Account, lease.UpstreamModel, call.Route!.Model);

    /// <summary>The format in which the request goes to the account; null: the account cannot do what is asked.</summary>
    public WireFormat? WireOf(ProxyCall call, IPlatformAdapter adapter, AccountLease lease) =>
        adapter.Choose(new WireQuestion(lease.Account, call.Format.Wire, call.Operation, call.Request, CapabilitiesOf(call, lease)));

    /// <summary>Prepares the call's reader, converter and list of what was dropped.</summary>
    /// <returns>The body to send, to be disposed; null: the failure says what cannot be sent there.</returns>
    public async Task<(PooledBody? Body, Failure? Failure)> ConvertAsync(ProxyCall call, PooledBody body, AccountLease lease, WireFormat upstream, CancellationToken cancellationToken)
    {
        var target = call.Target = Target(call, lease);
        var output = new ArrayBufferWriter<byte>(4096);
        var failure = call.Operation == Operation.Embed
            ? ConvertEmbedding(call, body, target, EmbeddingCodec.Of(upstream), output)
            : await ConvertConversationAsync(call, body, target, Codec.Of(upstream), output, cancellationToken);
        failure ??= target.Refusal;
        if (failure is not null)
        {
            return (null, failure);
        }

        return (Body(output), null);
    }

    /// <summary>The next request to the platform for an answer that takes several.</summary>
    public static PooledBody ConvertNext(EmbeddingConverter embedding)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        embedding.WriteRequest(output);
        return Body(output);
    }

    private static PooledBody Body(ArrayBufferWriter<byte> output)
    {
        var array = ArrayPool<byte>.Shared.Rent(output.WrittenCount);
        output.WrittenSpan.CopyTo(array);
        return new PooledBody(array, output.WrittenCount);
    }

    private async Task<Failure?> ConvertConversationAsync(
        ProxyCall call, PooledBody body, RequestTarget target, Codec codec, ArrayBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        if (Decode(call, body, out var failure) is not { } decoded)
        {
            return failure;
        }

        var (request, unfetched) = await media.FetchAsync(decoded, file => !codec.TakesUrl(file, target), cancellationToken);
        if (unfetched is not null)
        {
            return unfetched;
        }

        call.Neutral = request; // With the bytes: another account need not fetch them again.
        request = target.Foreign.All ? request.WithoutThinking() : request;
        request = EmulatedOutput.Apply(request, target);
        request = codec.TakesCacheMarks(target) ? AutoCache.Apply(request, target, call.Request.TextBytes) : request;
        if (call.Operation == Operation.CountTokens)
        {
            ConvertCount(call, request, target, codec, output);
        }
        else
        {
            ConvertAnswer(call, request, target, codec, output);
        }

        return null;
    }

    private static void ConvertAnswer(ProxyCall call, NeutralRequest request, RequestTarget target, Codec codec, ArrayBufferWriter<byte> output)
    {
        output.Write(codec.CreateRequestEncoder(request, target).Encode().Span);
        var context = new AnswerContext(request, target, call.RequestId.ToString(), new DateTimeOffset(call.CreatedAtUtc));
        var converter = new AnswerConverter(codec, ClientCodec.Of(call.Format.Wire), context);
        call.Reader = converter.Decoder;
        call.Converter = converter;
    }

    private static void ConvertCount(ProxyCall call, NeutralRequest request, RequestTarget target, Codec codec, ArrayBufferWriter<byte> output)
    {
        var encoded = codec.CreateRequestEncoder(request, target).Encode();
        call.Converter = new TokenCountConverter(codec.TokenCounting!, Codec.Of(call.Format.Wire).TokenCounting!, target.Dropped);
        if (target.Refusal is null)
        {
            using var writer = new Utf8JsonWriter(output, JsonText.WriterOptions);
            codec.TokenCounting!.WriteRequest(writer, JsonElement.Parse(encoded.Span), target.Model);
        }
    }

    private static Failure? ConvertEmbedding(ProxyCall call, PooledBody body, RequestTarget target, EmbeddingCodec codec, ArrayBufferWriter<byte> output)
    {
        var client = EmbeddingClientCodec.Of(call.Format.Wire);
        if (client.DecodeRequest(JsonElement.Parse(body.Span), out var failure) is not { } request)
        {
            return failure;
        }

        foreach (var field in request.Untranslatable)
        {
            target.Drop(field);
        }

        if (request.Dimensions is not null && !target.Capabilities.EmbeddingDimensions)
        {
            target.RefuseUnsupported("dimensions");
        }

        if (request.Texts.Count > (long)codec.MostTexts * MostParts)
        {
            return Failure.Invalid(request.TextsField, $"'{request.TextsField}' holds {request.Texts.Count} texts; the platform that serves this model takes {(long)codec.MostTexts * MostParts} at most.");
        }

        var decoder = codec.CreateDecoder();
        var embedding = new EmbeddingConverter(codec, decoder, client, request, call.Request, target);
        embedding.WriteRequest(output);
        call.Reader = decoder;
        call.Converter = embedding;
        return null;
    }

    private static NeutralRequest? Decode(ProxyCall call, PooledBody body, out Failure? failure)
    {
        failure = null;
        if (call.Neutral is null && ClientCodec.Of(call.Format.Wire).DecodeRequest(JsonElement.Parse(body.Span), out failure) is { } decoded)
        {
            // Some formats have both in the address.
            call.Neutral = decoded with { Model = call.Request.Model, Stream = call.Request.Stream };
        }

        return call.Neutral;
    }

    /// <summary>Where the request goes: for what has to be said differently there.</summary>
    public RequestTarget Target(ProxyCall call, AccountLease lease)
    {
        var account = lease.Account;
        var model = CapabilitiesOf(call, lease);
        return new RequestTarget(account.Platform, lease.UpstreamModel, model, model.Vendor ?? "none", ScopeOf(model, lease), call.Key.Options.StrictConversion, call.Key.Options.ShowReasoning)
        {
            Foreign = ForeignTo(call, lease, model),
            AutoCache = call.Key.Options.AutoCache,
            Tenant = call.Key.UserId.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Which signatures the attempt's account would refuse.</summary>
    public static ForeignSignatures ForeignTo(ProxyCall call, AccountLease lease, ModelCapabilities model) =>
        new(model.BoundSignatures ? call.Signed?.ForeignTo(lease.Account.Id) : null, call.LeavesOutSigned);

    private static string ScopeOf(ModelCapabilities model, AccountLease lease)
    {
        var owner = model.BoundSignatures ? lease.Account.Group ?? $"account {lease.Account.Id}" : null;
        var maker = model.PreservedThinking ? CapabilityTable.MakersName(lease.UpstreamModel) : null;
        return owner is null && maker is null ? AnyScope : NeutralId.Hash($"{owner}\n{maker}", ScopeLength);
    }
}
