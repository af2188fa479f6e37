import OpenAI from 'openai';
import { baseUrl, key, model, nothing, picture, place, progress, said, serve, weather } from './harness.mjs';

const client = new OpenAI({ baseURL: `${baseUrl}/v1`, apiKey: key, maxRetries: 0 });
const user = { role: 'user', content: 'Hello' };
const tools = [
  { type: 'function', name: 'get_weather', description: 'Looks out.', parameters: weather, strict: true },
  { type: 'function', name: 'get_time', parameters: nothing, strict: true },
];

const create = (more) => client.responses.create({ model, input: [user], ...more });

async function stream(more) {
  let begun = false;
  for await (const event of await create({ ...more, stream: true })) {
    if (event.type === 'response.output_text.delta' && !begun) {
      begun = true;
      progress();
    } else if (event.type === 'response.completed' || event.type === 'response.incomplete') {
      return withText(event.response);
    } else if (event.type === 'response.failed') {
      throw new Error(event.response.error.message);
    }
  }

  throw new Error('The stream has no end.');
}

// The library adds it to whole answers only.
function withText(response) {
  const texts = response.output.flatMap((item) => (item.type === 'message' ? item.content : [])).map((part) => part.text);
  return { ...response, output_text: texts.join('') };
}

async function loop(ask, more) {
  const input = [user];
  const first = await ask({ input, tools, ...more });
  input.push(...first.output);
  for (const call of first.output.filter((item) => item.type === 'function_call')) {
    input.push({ type: 'function_call_output', call_id: call.call_id, output: said(call.name) });
  }

  const second = await ask({ input, tools, ...more });
  return { ...answer(first), text: second.output_text };
}

function answer(response) {
  const calls = response.output.filter((item) => item.type === 'function_call').map((item) => ({ name: item.name, arguments: JSON.parse(item.arguments) }));
  const thoughts = response.output.filter((item) => item.type === 'reasoning').flatMap((item) => item.summary).map((part) => part.text);
  return {
    text: response.output_text,
    thinking: thoughts.join('') || null,
    calls,
    stop: response.status === 'incomplete' ? 'limit' : calls.length > 0 ? 'tool' : 'end',
    usage: response.usage && { input: response.usage.input_tokens, cached: response.usage.input_tokens_details.cached_tokens, output: response.usage.output_tokens },
  };
}

await serve({
  text: async () => answer(await create()),
  stream: async () => answer(await stream()),
  broken: async () => answer(await stream()),
  error: async () => answer(await create()),
  tool: () => loop(stream),
  parallel: () => loop(create),
  thinking: () => loop(create, { reasoning: { effort: 'low', summary: 'auto' }, store: false, include: ['reasoning.encrypted_content'], max_output_tokens: 8000 }),
  image: async () => answer(await create({
    input: [{ role: 'user', content: [{ type: 'input_text', text: 'What is it?' }, { type: 'input_image', image_url: `data:image/png;base64,${picture}`, detail: 'auto' }] }],
  })),
  system: async () => answer(await create({
    instructions: 'Be brief.',
    input: [user, { role: 'assistant', content: 'Hi.' }, { role: 'developer', content: 'Now be kind.' }, user],
  })),
  structured: async () => ({
    value: JSON.parse((await create({ text: { format: { type: 'json_schema', name: 'place', strict: true, schema: place } } })).output_text),
  }),
  limit: async () => answer(await create({ max_output_tokens: 64 })),
});
