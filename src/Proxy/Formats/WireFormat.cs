namespace Gateway.Proxy.Formats;

/// <summary>A wire format. Clients speak one, platforms speak one or more; where both speak the same, bytes pass through.</summary>
internal enum WireFormat
{
    OpenAiChat,
    OpenAiResponses,
    Claude,
    Gemini,
    OpenAiEmbeddings,

    /// <summary>One text (embedContent).</summary>
    GeminiEmbedding,

    /// <summary>Several texts (batchEmbedContents).</summary>
    GeminiEmbeddingBatch,

    /// <summary>Bedrock's own; no client speaks it.</summary>
    BedrockConverse,
}

/// <summary>What a client asks for, in its own format.</summary>
internal enum Operation
{
    /// <summary>An answer of a model, streamed or not.</summary>
    Generate,

    /// <summary>How many tokens a request would have. Not billed, never affects routing.</summary>
    CountTokens,

    /// <summary>Vectors of texts.</summary>
    Embed,
}
