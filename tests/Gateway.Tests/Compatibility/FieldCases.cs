using Gateway.Proxy.Formats;

namespace Gateway.Tests.Compatibility;

/// <summary>The fields of every client's format. Rules in the order Chat, Responses, Claude, Gemini, Converse.</summary>
internal static class FieldCases
{
    private const string Png = "iVBORw0KGgoAAAANSUhEUg==";
    private const string Pdf = "JVBERi0xLjcK";
    private const string Schema = """{"type":"object","properties":{"x":{"type":"string"}},"required":["x"],"additionalProperties":false}""";
    private const string Hi = """{"role":"user","content":"hi"}""";
    private const string ChatTool = """ "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}] """;
    private const string ResponsesTool = """ "tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":false}] """;
    private const string ClaudeTool = """ "tools":[{"name":"f","input_schema":{"type":"object"}}] """;
    private const string GeminiTool = """ "tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","properties":{"x":{"type":"STRING"}}}}]}] """;

    public static IReadOnlyList<FieldCase> All { get; } =
    [
        .. Chat().Select(field => field with { Client = WireFormat.OpenAiChat }),
        .. Responses().Select(field => field with { Client = WireFormat.OpenAiResponses }),
        .. Claude().Select(field => field with { Client = WireFormat.Claude }),
        .. Gemini().Select(field => field with { Client = WireFormat.Gemini }),
    ];

    private static IEnumerable<FieldCase> Chat()
    {
        return
        [
            Of("system and developer messages at the start", Messages("""{"role":"system","content":"Be brief"},{"role":"developer","content":"Be kind"}""", Hi), "-MMMM"),
            Of("system message in the middle", Messages(Hi, """{"role":"assistant","content":"a"},{"role":"system","content":"Be brief"}""", Hi), "-MMMM"),
            Of("several text parts", Messages("""{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}"""), "-MMMM"),
            Of("image_url (data)", Messages($$"""{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,{{Png}}"} }]}"""), "-MMMM"),
            Of("image_url (https)", Messages("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}"""), "-MMEE"),
            Of("image_url.detail", Messages($$"""{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,{{Png}}","detail":"low"} }]}"""), "-MMMM"),
            Of("file (PDF)", Messages($$"""{"role":"user","content":[{"type":"text","text":"read"},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,{{Pdf}}"} }]}"""), "-MMMM"),
            Of("file_id", Messages("""{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}"""), "-PRRR"),
            Of("input_audio", Messages("""{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}"""), "-MRMR"),
            Of("tool_calls and tool messages", Messages(Hi, """{"role":"assistant","content":null,"tool_calls":[{"id":"A","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}]},{"role":"tool","tool_call_id":"A","content":"ok"}""") + "," + ChatTool, "-MMMM"),
            Of("refusal of the assistant", Messages(Hi, """{"role":"assistant","content":null,"refusal":"no"}""", Hi), "-MMMM"),
            Of("name", Messages("""{"role":"user","name":"anna","content":"hi"}"""), "-WWWW"),
            Reasoning("thinking_blocks", Messages(Hi, """{"role":"assistant","content":"a","thinking_blocks":[{"type":"thinking","thinking":"t","signature":"gw1.claude.any.c2ln"}]}""", Hi), "-DMDM"),
            Of("max_completion_tokens", "\"max_completion_tokens\":50", "-MMMM"),
            Of("max_tokens", "\"max_tokens\":50", "-MMMM"),
            Of("temperature", "\"temperature\":0.5", "-PPMM"),
            Of("top_p", "\"top_p\":0.5", "-PPMM"),
            Of("stop", "\"stop\":[\"END\"]", "-WMMM"),
            Of("n", "\"n\":2", "-RRRR"),
            Of("presence_penalty", "\"presence_penalty\":1", "-WWMW"),
            Of("frequency_penalty", "\"frequency_penalty\":1", "-WWMW"),
            Of("seed", "\"seed\":7", "-WWMW"),
            Of("logit_bias", "\"logit_bias\":{\"1\":1}", "-WWWW"),
            Of("logprobs, top_logprobs", "\"logprobs\":true,\"top_logprobs\":2", "-MRRR"),
            Of("tools (function)", ChatTool, "-MMMM"),
            Of("tools (function).strict", $$""" "tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{{Schema}} } }] """, "-MMDW"),
            Of("tools (custom)", """ "tools":[{"type":"custom","custom":{"name":"f","description":"runs"}}] """, "-MEEE"),
            Of("tool_choice", ChatTool + ",\"tool_choice\":\"required\"", "-PMMM"),
            Of("tool_choice (allowed_tools)", ChatTool + """,  "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}} """, "-MWMW"),
            Of("parallel_tool_calls", ChatTool + ",\"parallel_tool_calls\":false", "-PMWW"),
            Of("functions, function_call", """ "functions":[{"name":"f","parameters":{"type":"object"}}],"function_call":{"name":"f"} """, "-MMMM"),
            Of("response_format (json_schema)", $$""" "response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{{Schema}} } } """, "-MMMM"),
            Of("response_format (json_object)", """ "response_format":{"type":"json_object"} """, "-MEME"),
            Reasoning("reasoning_effort", "\"reasoning_effort\":\"low\"", "-MMMM"),
            Of("verbosity", "\"verbosity\":\"low\"", "-MWWW"),
            Of("stream_options", "\"stream\":true,\"stream_options\":{\"include_usage\":true}", "-DDDD"),
            Of("service_tier", "\"service_tier\":\"priority\"", "-PWMM"),
            Of("user, safety_identifier", "\"safety_identifier\":\"anna\"", "-PMDD"),
            Of("metadata", "\"metadata\":{\"a\":\"b\"}", "-PDDM"),
            Of("store", "\"store\":true", "-DDDD"),
            Of("prompt_cache_key", "\"prompt_cache_key\":\"k\"", "-PDDD"),
            Of("prediction", "\"prediction\":{\"type\":\"content\",\"content\":\"x\"}", "-WWWW"),
            Of("modalities with audio, audio", "\"modalities\":[\"text\",\"audio\"],\"audio\":{\"voice\":\"alloy\",\"format\":\"wav\"}", "-RRRR"),
            Of("web_search_options", "\"web_search_options\":{}", "-RRRR"),
        ];
    }

    private static IEnumerable<FieldCase> Responses()
    {
        return
        [
            Of("instructions", "\"instructions\":\"Be brief\"", "M-MMM"),
            Of("input (items without type)", Input("""{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}"""), "M-MMM"),
            Of("developer items in the middle", Input("""{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"developer","content":"c"},{"role":"user","content":"d"}"""), "M-MMM"),
            Of("input_image (data)", Input($$"""{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,{{Png}}"}]}"""), "M-MMM"),
            Of("input_file (file_data)", Input($$"""{"role":"user","content":[{"type":"input_text","text":"read"},{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,{{Pdf}}"}]}"""), "M-MMM"),
            Of("input_file (file_url)", Input("""{"role":"user","content":[{"type":"input_text","text":"read"},{"type":"input_file","file_url":"https://example.com/a.pdf"}]}"""), "E-MEE"),
            Of("input_file (file_id)", Input("""{"role":"user","content":[{"type":"input_file","file_id":"file-1"}]}"""), "P-RRR"),
            Of("function_call, function_call_output", Input("""{"role":"user","content":"a"},{"type":"function_call","call_id":"A","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"A","output":"ok"}""") + "," + ResponsesTool, "M-MMM"),
            Of("function_call_output with an image", Input($$"""{"role":"user","content":"a"},{"type":"function_call","call_id":"A","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"A","output":[{"type":"input_text","text":"see"},{"type":"input_image","image_url":"data:image/png;base64,{{Png}}"}]}""") + "," + ResponsesTool, "E-MMM"),
            Of("custom_tool_call", Input("""{"role":"user","content":"a"},{"type":"custom_tool_call","call_id":"A","name":"f","input":"x"},{"type":"custom_tool_call_output","call_id":"A","output":"ok"}""") + ",\"tools\":[{\"type\":\"custom\",\"name\":\"f\"}]", "M-EEE"),
            Of("reasoning items of the gateway", Input("""{"role":"user","content":"a"},{"type":"reasoning","summary":[],"encrypted_content":"gw1.none"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}"""), "D-DDD"),
            Of("item_reference", Input("""{"role":"user","content":"a"},{"type":"item_reference","id":"msg_1"}"""), "R-RRR"),
            Of("previous_response_id", "\"previous_response_id\":\"resp_1\"", "R-RRR"),
            Of("conversation", "\"conversation\":\"conv_1\"", "R-RRR"),
            Of("prompt", "\"prompt\":{\"id\":\"pmpt_1\"}", "R-RRR"),
            Of("background", "\"background\":true", "R-RRR"),
            Of("tools (function)", ResponsesTool, "M-MMM"),
            Of("tools (custom)", """ "tools":[{"type":"custom","name":"f"}] """, "M-EEE"),
            Of("tools (namespace)", """ "tools":[{"type":"namespace","name":"ns","tools":[{"type":"function","name":"f","parameters":{"type":"object"}}]}] """, "E-EEE"),
            Of("tools (file_search, code_interpreter, mcp, …)", """ "tools":[{"type":"code_interpreter","container":{"type":"auto"}}] """, "R-RRR"),
            Of("tools (web_search)", """ "tools":[{"type":"web_search"}] """, "R-RRR"),
            Of("tool_choice", ResponsesTool + ",\"tool_choice\":{\"type\":\"function\",\"name\":\"f\"}", "M-MMM"),
            Of("parallel_tool_calls", ResponsesTool + ",\"parallel_tool_calls\":false", "P-MWW"),
            Of("text.format (json_schema)", $$""" "text":{"format":{"type":"json_schema","name":"n","strict":true,"schema":{{Schema}} } } """, "M-MMM"),
            Of("text.verbosity", """ "text":{"verbosity":"low"} """, "M-WWW"),
            Reasoning("reasoning.effort", """ "reasoning":{"effort":"low"} """, "M-MMM"),
            Of("max_output_tokens", "\"max_output_tokens\":50", "M-MMM"),
            Of("temperature", "\"temperature\":0.5", "P-PMM"),
            Of("top_p", "\"top_p\":0.5", "P-PMM"),
            Of("top_logprobs", "\"top_logprobs\":2,\"include\":[\"message.output_text.logprobs\"]", "R-RRR"),
            Of("max_tool_calls", "\"max_tool_calls\":2", "W-WWW"),
            Of("truncation", "\"truncation\":\"auto\"", "W-WWW"),
            Of("context_management", "\"context_management\":[{\"type\":\"compaction\"}]", "W-WWW"),
            Of("service_tier", "\"service_tier\":\"priority\"", "P-WMM"),
            Of("metadata", "\"metadata\":{\"a\":\"b\"}", "D-DDM"),
            Of("safety_identifier", "\"safety_identifier\":\"anna\"", "P-MDD"),
            Of("prompt_cache_key", "\"prompt_cache_key\":\"k\"", "P-DDD"),
            Of("store", "\"store\":false", "D-DDD"),
        ];
    }

    private static IEnumerable<FieldCase> Claude()
    {
        return
        [
            Of("system", """ "system":[{"type":"text","text":"a"},{"type":"text","text":"b"}] """, "MM-MM"),
            Of("system message in the middle", Messages(Hi, """{"role":"system","content":"Be brief"}"""), "MM-MM"),
            Of("image (base64)", Messages($$"""{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{Png}}"} }]}"""), "MM-MM"),
            Of("image (url)", Messages("""{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}]}"""), "MM-EE"),
            Of("document (PDF)", Messages($$"""{"role":"user","content":[{"type":"text","text":"read"},{"type":"document","title":"a","source":{"type":"base64","media_type":"application/pdf","data":"{{Pdf}}"} }]}"""), "MM-MM"),
            Of("document (text)", Messages("""{"role":"user","content":[{"type":"document","source":{"type":"text","media_type":"text/plain","data":"words"}}]}"""), "MM-MM"),
            Of("image, document (file)", Messages("""{"role":"user","content":[{"type":"image","source":{"type":"file","file_id":"file_1"}}]}"""), "RR-RR"),
            Of("search_result", Messages("""{"role":"user","content":[{"type":"search_result","title":"t","source":"https://example.com","content":[{"type":"text","text":"found"}]}]}"""), "MM-MM"),
            Of("tool_use, tool_result", Messages(Hi, """{"role":"assistant","content":[{"type":"tool_use","id":"A","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"A","content":"ok"}]}""") + "," + ClaudeTool, "MM-MM"),
            Of("tool_result.is_error", Messages(Hi, """{"role":"assistant","content":[{"type":"tool_use","id":"A","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"A","content":"no","is_error":true}]}""") + "," + ClaudeTool, "MM-MM"),
            Of("tool_result with an image", Messages(Hi, $$"""{"role":"assistant","content":[{"type":"tool_use","id":"A","name":"f","input":{} }]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"A","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{Png}}"} }]}]}""") + "," + ClaudeTool, "EM-MM"),
            Reasoning("thinking of Claude", Messages(Hi, """{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"a"}]}""", Hi), "DD-DM"),
            Of("server_tool_use and its results", Messages(Hi, """{"role":"assistant","content":[{"type":"server_tool_use","id":"s","name":"web_search","input":{}}]}""", Hi), "RR-RR"),
            Of("max_tokens", "\"max_tokens\":50", "MM-MM"),
            Of("stop_sequences", "\"stop_sequences\":[\"END\"]", "MW-MM"),
            Of("temperature", "\"temperature\":0.5", "PP-MM"),
            Of("top_p", "\"top_p\":0.5", "PP-MM"),
            Of("top_k", "\"top_k\":5", "WW-MW"),
            Of("tools (custom)", ClaudeTool, "MM-MM"),
            Of("tools (server)", """ "tools":[{"type":"code_execution_20250825","name":"code_execution"}] """, "RR-RR"),
            Of("tool_choice", ClaudeTool + ",\"tool_choice\":{\"type\":\"any\"}", "MM-MM"),
            Of("disable_parallel_tool_use", ClaudeTool + ",\"tool_choice\":{\"type\":\"auto\",\"disable_parallel_tool_use\":true}", "MM-WW"),
            Reasoning("thinking", "\"max_tokens\":20000,\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}", "MM-MM"),
            Reasoning("output_config.effort", "\"output_config\":{\"effort\":\"low\"}", "MM-MM"),
            Of("output_config.format", $$""" "output_config":{"format":{"type":"json_schema","schema":{{Schema}} } } """, "MM-MM"),
            Of("cache_control", """ "system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}] """, "DD-DM"),
            Of("metadata.user_id", "\"metadata\":{\"user_id\":\"anna\"}", "MM-DD"),
            Of("service_tier", "\"service_tier\":\"standard_only\"", "MM-DD"),
            Of("context_management, speed, inference_geo", "\"context_management\":{\"edits\":[]},\"speed\":\"fast\",\"inference_geo\":\"us\"", "WW-WW"),
            Of("mcp_servers", "\"mcp_servers\":[{\"type\":\"url\",\"url\":\"https://example.com\",\"name\":\"n\"}]", "RR-RR"),
            Of("container", "\"container\":\"container_1\"", "RR-RR"),
        ];
    }

    private static IEnumerable<FieldCase> Gemini()
    {
        return
        [
            Of("systemInstruction", """ "systemInstruction":{"parts":[{"text":"Be brief"}]} """, "MMM-M"),
            Of("inlineData (image)", Contents($$"""{"parts":[{"inlineData":{"mimeType":"image/png","data":"{{Png}}"} }]}"""), "MMM-M"),
            Of("inlineData (PDF)", Contents($$"""{"parts":[{"text":"read"},{"inlineData":{"mimeType":"application/pdf","data":"{{Pdf}}"} }]}"""), "MMM-M"),
            Of("inlineData (audio)", Contents("""{"parts":[{"inlineData":{"mimeType":"audio/wav","data":"AAAA"}}]}"""), "MMR-R"),
            Of("fileData (https)", Contents("""{"parts":[{"text":"see"},{"fileData":{"mimeType":"image/png","fileUri":"https://example.com/a.png"}}]}"""), "MMM-E"),
            Of("fileData (files/…)", Contents("""{"parts":[{"fileData":{"mimeType":"image/png","fileUri":"https://generativelanguage.googleapis.com/v1beta/files/1"}}]}"""), "RRR-R"),
            Of("functionCall, functionResponse", Contents("""{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"ok"}}}]}""") + "," + GeminiTool, "MMM-M"),
            Of("thoughtSignature", Contents("""{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b","thoughtSignature":"c2ln"}]},{"role":"user","parts":[{"text":"c"}]}"""), "DDD-D"),
            Of("executableCode, codeExecutionResult", Contents("""{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"executableCode":{"language":"PYTHON","code":"1"}}]},{"role":"user","parts":[{"text":"c"}]}"""), "RRR-R"),
            Of("generationConfig.maxOutputTokens", Config("\"maxOutputTokens\":50"), "MMM-M"),
            Of("generationConfig.temperature", Config("\"temperature\":0.5"), "MMM-M"),
            Of("generationConfig.topP", Config("\"topP\":0.5"), "MMM-M"),
            Of("generationConfig.topK", Config("\"topK\":5"), "WWM-W"),
            Of("generationConfig.stopSequences", Config("\"stopSequences\":[\"END\"]"), "MWM-M"),
            Of("generationConfig.seed, penalties", Config("\"seed\":7,\"presencePenalty\":1,\"frequencyPenalty\":1"), "MWW-W"),

            // The rules want OpenAI's n for it; decision 44 says why it is refused.
            Of("generationConfig.candidateCount", Config("\"candidateCount\":2"), "MRR-R"),
            Of("generationConfig.responseLogprobs", Config("\"responseLogprobs\":true,\"logprobs\":2"), "MMR-R"),
            Reasoning("generationConfig.thinkingConfig", Config("\"thinkingConfig\":{\"thinkingLevel\":\"LOW\"}"), "MMM-M"),
            Of("generationConfig.responseJsonSchema", Config($$""" "responseMimeType":"application/json","responseJsonSchema":{{Schema}} """), "MMM-M"),
            Of("generationConfig.responseSchema", Config(""" "responseMimeType":"application/json","responseSchema":{"type":"OBJECT","properties":{"x":{"type":"STRING","nullable":true}}} """), "MMM-M"),
            Of("generationConfig.responseModalities", Config("\"responseModalities\":[\"IMAGE\"]"), "RRR-R"),
            Of("generationConfig.speechConfig", Config("\"speechConfig\":{}"), "RRR-R"),
            Of("tools.functionDeclarations", GeminiTool, "MMM-M"),
            Of("tools.googleSearch, urlContext, codeExecution, …", """ "tools":[{"googleSearch":{}}] """, "RRR-R"),
            Of("toolConfig", GeminiTool + """, "toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}} """, "MMM-M"),
            Of("safetySettings", """ "safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE"}] """, "DDD-D"),
            Of("labels", """ "labels":{"a":"b"} """, "DDD-D"),
            Of("cachedContent", """ "cachedContent":"cachedContents/1" """, "RRR-R"),
            Of("serviceTier", """ "serviceTier":"priority" """, "MMW-M"),
        ];
    }

    private static FieldCase Of(string name, string members, string rules) => new(name, members, rules);

    private static FieldCase Reasoning(string name, string members, string rules) => Of(name, members, rules) with { Reasons = true };

    private static string Messages(params string[] messages) => $"\"messages\":[{string.Join(',', messages)}]";

    private static string Input(string items) => $"\"input\":[{items}]";

    private static string Contents(string contents) => $"\"contents\":[{contents}]";

    private static string Config(string members) => $"\"generationConfig\":{{{members}}}";
}
