using System.Security.Cryptography;
using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.BedrockConverse;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Platforms.Bedrock;

/// <summary>AWS Bedrock: Claude models are asked through InvokeModel, which takes Claude's own requests, all others through Converse.</summary>
/// <remarks>Source: Amazon Bedrock API reference (runtime 2023-09-30) and user guide, read 2026-11.</remarks>
internal sealed class BedrockAdapter(AmbientCredentials ambient, PlatformCatalogue catalogue, TimeProvider clock) : IPlatformAdapter, IBodyEditor
{
    private const string Service = "bedrock";
    private const string EventStream = "application/vnd.amazon.eventstream";
    private const string RequestId = "x-amzn-requestid";

    private readonly SigV4 _signer = new();
    private readonly LearnedFields _learned = new(clock);

    public Platform Platform => Platform.Bedrock;

    public bool Supports(Operation operation) => true;

    public bool SaysRefusalsIn(WireFormat wire) => false;

    public WireFormat? Choose(in WireQuestion question) => question switch
    {
        { Operation: Operation.Embed } => question.Model.Embeddings switch
        {
            EmbeddingKind.Titan => WireFormat.TitanEmbedding,
            EmbeddingKind.Cohere => WireFormat.CohereEmbedding,
            _ => null,
        },
        { Model.Vendor: Vendors.Claude } => WireFormat.Claude,
        { Operation: Operation.CountTokens } => null, // Bedrock counts those of Claude models only.
        _ => WireFormat.BedrockConverse,
    };

    public string ProbeModel => "nova-micro";

    public WireFormat ProbeWire => WireFormat.BedrockConverse;

    // Converse takes this for every model that chats.
    public byte[] ProbeBody(string model) =>
        JsonSerializer.SerializeToUtf8Bytes(new { messages = new[] { new { role = "user", content = new[] { new { text = "Hi" } } } }, inferenceConfig = new { maxTokens = 1 } });

    public bool CanPass(in UpstreamBody body) => !InvokeMessages.NamesAddresses(body.Bytes.Span);

    public void CollectEdits(in UpstreamBody body, RequestTarget target, List<BodyEdit> edits)
    {
        if (body.Wire == WireFormat.Claude)
        {
            InvokeBody.CollectEdits(body, target, InvokeRules.Shipped, [.. _learned.Of(target.Model)], edits);
        }
    }

    public HttpRequestMessage CreateRequest(in UpstreamCall call)
    {
        var isCount = call.Operation == Operation.CountTokens;
        var operation = (isCount, call.Wire, call.Stream) switch
        {
            (true, _, _) => "count-tokens",
            (_, WireFormat.TitanEmbedding or WireFormat.CohereEmbedding, _) or (_, WireFormat.Claude, false) => "invoke",
            (_, WireFormat.Claude, true) => "invoke-with-response-stream",
            (_, _, false) => "converse",
            _ => "converse-stream",
        };
        var model = isCount ? BedrockModels.WithoutProfile(call.Model) : call.Model;
        var request = new HttpRequestMessage(HttpMethod.Post, call.Account.Url(model, operation, UpstreamUrl.Bedrock)) { Content = call.Content };

        // The client's own accept header is about its format; a body's type is what Bedrock is asked here.
        request.Headers.TryAddWithoutValidation("accept", operation == "converse-stream" ? EventStream : "application/json");
        if (operation == "invoke-with-response-stream")
        {
            request.Headers.TryAddWithoutValidation("x-amzn-bedrock-accept", "application/json");
        }

        request.Headers.TryAddWithoutValidation("user-agent", UpstreamHeaders.UserAgent);
        return request;
    }

    public ValueTask<Failure?> AuthenticateAsync(HttpRequestMessage request, UpstreamCall call, CancellationToken cancellationToken)
    {
        var given = call.Account.Credentials;
        if (given.Find(CredentialFields.ApiKey) is { } key)
        {
            request.Headers.TryAddWithoutValidation("authorization", $"Bearer {key}");
            return ValueTask.FromResult<Failure?>(null);
        }

        if (given.Find(CredentialFields.AccessKeyId) is { } id)
        {
            Sign(request, call, new AwsCredentials(id, given[CredentialFields.SecretAccessKey], given.Find(CredentialFields.SessionToken)));
            return ValueTask.FromResult<Failure?>(null);
        }

        return catalogue.AllowsAmbientCredentials
            ? SignWithAmbientAsync(request, call, cancellationToken)
            : ValueTask.FromResult<Failure?>(new Failure(
                FailureKind.AuthAccount, $"The account uses this machine's credentials, which the gateway may only with {PlatformCatalogue.AmbientSetting}=true."));
    }

    public void Unwrap(HttpResponseMessage response, in UpstreamCall call)
    {
        if (response.Headers.NonValidated.TryGetValues(RequestId, out var id))
        {
            response.Headers.TryAddWithoutValidation("request-id", id.ToString());
        }

        if (!response.IsSuccessStatusCode)
        {
            return;
        }

        if (call.Operation == Operation.CountTokens)
        {
            response.Content = new CountAnswerContent(response.Content);
        }
        else if (string.Equals(response.Content.Headers.ContentType?.MediaType, EventStream, StringComparison.OrdinalIgnoreCase))
        {
            response.Content = new EventStreamContent(response.Content, call.Wire == WireFormat.Claude ? BedrockFrames.WriteInvoke : BedrockFrames.WriteConverse);
        }
    }

    public Failure ReadFailure(in UpstreamRefusal refusal)
    {
        var type = refusal.Headers.NonValidated.TryGetValues("x-amzn-errortype", out var header) ? header.ToString() : null;
        var failure = BedrockErrors.Read(type, refusal.Body.Span, refusal.Status);
        var wait = RetryTimes.OfHeaders(refusal.Headers, refusal.Now);
        return failure with
        {
            // An exception's name is Bedrock's own word; without one there is only the status.
            Kind = string.IsNullOrEmpty(type) && !refusal.IsJson ? refusal.KindOfStatus(failure.Message) : failure.Kind,
            RetryAfter = wait ?? (failure.Kind is FailureKind.RateLimit or FailureKind.Overloaded ? RetryTimes.OfText(failure.Message) : null),
            IsRepairable = failure.Kind == FailureKind.InvalidRequest && _learned.Learn(refusal.Model, failure.Message),
        };
    }

    private async ValueTask<Failure?> SignWithAmbientAsync(HttpRequestMessage request, UpstreamCall call, CancellationToken cancellationToken)
    {
        if (await ambient.GetAsync(cancellationToken) is not { } credentials)
        {
            return new Failure(FailureKind.AuthAccount, "This machine has no AWS credentials that could be used.");
        }

        Sign(request, call, credentials);
        return null;
    }

    private void Sign(HttpRequestMessage request, in UpstreamCall call, AwsCredentials credentials)
    {
        var hash = call.Content is EditedBodyContent edited ? edited.Hash() : SHA256.HashData(call.Content!.ReadAsStream(CancellationToken.None));
        _signer.Sign(request, credentials, call.Account.Credentials[CredentialFields.Region], Service, hash, clock.GetUtcNow());
    }
}
