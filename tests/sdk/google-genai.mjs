import { GoogleGenAI } from '@google/genai';
import { baseUrl, key, model, nothing, picture, place, progress, said, serve, weather } from './harness.mjs';

const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl, retryOptions: { attempts: 1 } } });
const user = { role: 'user', parts: [{ text: 'Hello' }] };
const tools = [{
  functionDeclarations: [
    { name: 'get_weather', description: 'Looks out.', parametersJsonSchema: weather },
    { name: 'get_time', description: 'Looks at the clock.', parametersJsonSchema: nothing },
  ],
}];

async function create(config, contents = [user]) {
  const { candidates: [candidate], usageMetadata } = await client.models.generateContent({ model, contents, config });
  return { parts: candidate.content?.parts ?? [], finishReason: candidate.finishReason, usageMetadata };
}

async function stream(config, contents = [user]) {
  const whole = { parts: [], finishReason: null, usageMetadata: null };
  let begun = false;
  for await (const chunk of await client.models.generateContentStream({ model, contents, config })) {
    const candidate = chunk.candidates?.[0];
    whole.parts.push(...(candidate?.content?.parts ?? []));
    whole.finishReason = candidate?.finishReason ?? whole.finishReason;
    whole.usageMetadata = chunk.usageMetadata ?? whole.usageMetadata;
    if (!begun && whole.parts.some((part) => part.text)) {
      begun = true;
      progress();
    }
  }

  if (!whole.finishReason) {
    throw new Error('The stream has no end.');
  }

  return whole;
}

async function loop(ask, config) {
  const contents = [user];
  const first = await ask({ tools, ...config }, contents);
  contents.push({ role: 'model', parts: first.parts });
  contents.push({
    role: 'user',
    parts: first.parts.filter((part) => part.functionCall).map(({ functionCall: { id, name } }) => ({ functionResponse: { id, name, response: { output: said(name) } } })),
  });
  const second = await ask({ tools, ...config }, contents);
  return { ...answer(first), text: answer(second).text };
}

function answer({ parts, finishReason, usageMetadata }) {
  const calls = parts.filter((part) => part.functionCall).map(({ functionCall }) => ({ name: functionCall.name, arguments: functionCall.args ?? {} }));
  return {
    text: parts.filter((part) => part.text && !part.thought).map((part) => part.text).join(''),
    thinking: parts.filter((part) => part.text && part.thought).map((part) => part.text).join('') || null,
    calls,
    stop: finishReason === 'MAX_TOKENS' ? 'limit' : finishReason !== 'STOP' ? finishReason : calls.length > 0 ? 'tool' : 'end',
    usage: usageMetadata && {
      input: usageMetadata.promptTokenCount,
      cached: usageMetadata.cachedContentTokenCount ?? 0,
      output: (usageMetadata.candidatesTokenCount ?? 0) + (usageMetadata.thoughtsTokenCount ?? 0),
    },
  };
}

await serve({
  text: async () => answer(await create()),
  stream: async () => answer(await stream()),
  broken: async () => answer(await stream()),
  error: async () => answer(await create()),
  tool: () => loop(stream),
  parallel: () => loop(create),
  thinking: () => loop(create, { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 }, maxOutputTokens: 8000 }),
  image: async () => answer(await create({}, [{ role: 'user', parts: [{ text: 'What is it?' }, { inlineData: { mimeType: 'image/png', data: picture } }] }])),
  system: async () => answer(await create({ systemInstruction: 'Be brief.' }, [user, { role: 'model', parts: [{ text: 'Hi.' }] }, user])),
  structured: async () => ({ value: JSON.parse(answer(await create({ responseMimeType: 'application/json', responseJsonSchema: place })).text) }),
  limit: async () => answer(await create({ maxOutputTokens: 64 })),
});
