import { createOpenAI } from '@ai-sdk/openai';
import { aiScenarios } from './ai-scenarios.mjs';
import { baseUrl, key, model, serve } from './harness.mjs';

const provider = createOpenAI({ baseURL: `${baseUrl}/v1`, apiKey: key });
const reasoning = { openai: { store: false, reasoningEffort: 'low', reasoningSummary: 'auto', forceReasoning: true, include: ['reasoning.encrypted_content'] } };

// With the library's default, `store: true`, it names what it got by its id in the next step, and only OpenAI's own platforms keep that.
await serve(aiScenarios(provider(model), { openai: { store: false } }, reasoning));
