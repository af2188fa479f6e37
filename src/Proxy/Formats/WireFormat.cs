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

    /// <summary>Amazon's embedding models on Bedrock.</summary>
    TitanEmbedding,

    /// <summary>Cohere's embedding models on Bedrock.</summary>
    CohereEmbedding,

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

    /// <summary>A conversation made shorter by a model, for its own platform. Billed, and never converted.</summary>
    Compact,

    /// <summary>A call about an answer that its platform keeps. Not billed.</summary>
    Stored,
}

internal static class Operations
{
    /// <summary>Whether it uses tokens that somebody pays for.</summary>
    public static bool IsBilled(this Operation operation) => operation is Operation.Generate or Operation.Embed or Operation.Compact;
}
