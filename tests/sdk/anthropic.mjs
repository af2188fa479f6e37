import Anthropic from '@anthropic-ai/sdk';
import { baseUrl, key, model, nothing, picture, place, progress, said, serve, weather } from './harness.mjs';

const client = new Anthropic({ baseURL: baseUrl, apiKey: key, maxRetries: 0 });
const user = { role: 'user', content: 'Hello' };
const tools = [{ name: 'get_weather', description: 'Looks out.', input_schema: weather }, { name: 'get_time', input_schema: nothing }];

const create = (more) => client.messages.create({ model, max_tokens: 8000, messages: [user], ...more });

async function stream(more) {
  const running = client.messages.stream({ model, max_tokens: 8000, messages: [user], ...more });
  let begun = false;
  running.on('text', () => {
    if (!begun) {
      begun = true;
      progress();
    }
  });
  return await running.finalMessage();
}

async function loop(ask, more) {
  const messages = [user];
  const first = await ask({ messages, tools, ...more });
  messages.push({ role: 'assistant', content: first.content });
  messages.push({
    role: 'user',
    content: first.content.filter((block) => block.type === 'tool_use').map((block) => ({ type: 'tool_result', tool_use_id: block.id, content: said(block.name) })),
  });
  const second = await ask({ messages, tools, ...more });
  return { ...answer(first), text: answer(second).text };
}

function answer({ content, stop_reason, usage }) {
  return {
    text: content.filter((block) => block.type === 'text').map((block) => block.text).join(''),
    thinking: content.filter((block) => block.type === 'thinking').map((block) => block.thinking).join('') || null,
    calls: content.filter((block) => block.type === 'tool_use').map((block) => ({ name: block.name, arguments: block.input })),
    stop: { end_turn: 'end', tool_use: 'tool', max_tokens: 'limit' }[stop_reason] ?? stop_reason,
    usage: {
      input: usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
      cached: usage.cache_read_input_tokens ?? 0,
      output: usage.output_tokens,
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
  thinking: () => loop(create, { thinking: { type: 'enabled', budget_tokens: 1024 } }),
  image: async () => answer(await create({
    messages: [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: picture } }] }],
  })),
  system: async () => answer(await create({ system: 'Be brief.', messages: [user, { role: 'assistant', content: 'Hi.' }, user] })),
  structured: async () => ({ value: JSON.parse(answer(await create({ output_config: { format: { type: 'json_schema', schema: place } } })).text) }),
  limit: async () => answer(await create({ max_tokens: 64 })),
});
