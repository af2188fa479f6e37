import { model, nothing, picture, place, progress, said, weather } from './harness.mjs';

const user = { role: 'user', content: 'Hello' };
const tools = [
  { type: 'function', function: { name: 'get_weather', description: 'Looks out.', parameters: weather } },
  { type: 'function', function: { name: 'get_time', parameters: nothing } },
];

/** Scenarios of Chat Completions. */
export function chatScenarios(client) {
  const create = (more) => client.chat.completions.create({ model, messages: [user], ...more });

  async function stream(more) {
    let begun = false;
    const running = client.chat.completions.stream({ model, messages: [user], stream_options: { include_usage: true }, ...more });
    running.on('content', () => {
      if (!begun) {
        begun = true;
        progress();
      }
    });
    return await running.finalChatCompletion();
  }

  async function loop(ask, more) {
    const messages = [user];
    const first = (await ask({ messages, tools, ...more })).choices[0];
    messages.push(first.message);
    for (const call of first.message.tool_calls ?? []) {
      messages.push({ role: 'tool', tool_call_id: call.id, content: said(call.function.name) });
    }

    const second = (await ask({ messages, tools, ...more })).choices[0];
    return { ...answer({ choices: [first] }), text: second.message.content };
  }

  return {
    text: async () => answer(await create()),
    stream: async () => answer(await stream()),
    broken: async () => answer(await stream()),
    error: async () => answer(await create()),
    tool: () => loop(stream),
    parallel: () => loop(create),
    thinking: () => loop(create, { reasoning_effort: 'low', max_completion_tokens: 8000 }),
    image: async () => answer(await create({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }, { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } }] }],
    })),
    system: async () => answer(await create({
      messages: [{ role: 'system', content: 'Be brief.' }, user, { role: 'assistant', content: 'Hi.' }, { role: 'system', content: 'Now be kind.' }, user],
    })),
    structured: async () => ({
      value: JSON.parse((await create({ response_format: { type: 'json_schema', json_schema: { name: 'place', strict: true, schema: place } } })).choices[0].message.content),
    }),
    limit: async () => answer(await create({ max_completion_tokens: 64 })),
  };
}

function answer({ choices: [{ message, finish_reason }], usage }) {
  return {
    text: message.content,
    thinking: message.reasoning_content ?? null,
    calls: (message.tool_calls ?? []).map((call) => ({ name: call.function.name, arguments: JSON.parse(call.function.arguments) })),
    stop: { stop: 'end', tool_calls: 'tool', length: 'limit' }[finish_reason] ?? finish_reason,
    usage: usage && { input: usage.prompt_tokens, cached: usage.prompt_tokens_details?.cached_tokens ?? 0, output: usage.completion_tokens },
  };
}
