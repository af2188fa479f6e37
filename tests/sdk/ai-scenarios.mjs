import { generateText, isStepCount, jsonSchema, Output, streamText, tool } from 'ai';
import { nothing, picture, place, progress, said, weather } from './harness.mjs';

const tools = {
  get_weather: tool({ description: 'Looks out.', inputSchema: jsonSchema(weather), execute: () => said('get_weather') }),
  get_time: tool({ description: 'Looks at the clock.', inputSchema: jsonSchema(nothing), execute: () => said('get_time') }),
};

/** Scenarios of Vercel's AI SDK. */
export function aiScenarios(languageModel, plain, reasoning) {
  const common = { model: languageModel, maxRetries: 0, maxOutputTokens: 8000, providerOptions: plain, prompt: 'Hello' };
  const create = (more) => generateText({ ...common, ...more });

  async function stream(more) {
    let begun = false;
    const running = streamText({ ...common, ...more, onError: () => {} });
    for await (const part of running.fullStream) {
      if (part.type === 'error') {
        throw part.error;
      }

      if (part.type === 'text-delta' && !begun) {
        begun = true;
        progress();
      }
    }

    return { steps: await running.steps, text: await running.text, finishReason: await running.finishReason, usage: await running.usage };
  }

  async function loop(ask, more) {
    const { steps, text } = await ask({ tools, stopWhen: isStepCount(2), ...more });
    return { ...answer(steps[0]), text };
  }

  return {
    text: async () => answer(await create()),
    stream: async () => answer(await stream()),
    broken: async () => answer(await stream()),
    error: async () => answer(await create()),
    tool: () => loop(stream),
    parallel: () => loop(create),
    thinking: () => loop(create, { providerOptions: reasoning }),
    image: async () => answer(await create({
      prompt: undefined,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }, { type: 'file', mediaType: 'image/png', data: picture }] }],
    })),
    system: async () => answer(await create({
      instructions: 'Be brief.',
      prompt: undefined,
      messages: [{ role: 'user', content: 'Hello' }, { role: 'assistant', content: 'Hi.' }, { role: 'user', content: 'Hello' }],
    })),
    structured: async () => ({ value: (await create({ output: Output.object({ schema: jsonSchema(place) }) })).output }),
    limit: async () => answer(await create({ maxOutputTokens: 64 })),
  };
}

function answer({ text, reasoningText, toolCalls = [], finishReason, usage }) {
  return {
    text,
    thinking: reasoningText || null,
    calls: toolCalls.map((call) => ({ name: call.toolName, arguments: call.input })),
    stop: { stop: 'end', 'tool-calls': 'tool', length: 'limit' }[finishReason] ?? finishReason,
    usage: usage && { input: usage.inputTokens, cached: usage.inputTokenDetails?.cacheReadTokens ?? usage.cachedInputTokens ?? 0, output: usage.outputTokens },
  };
}
