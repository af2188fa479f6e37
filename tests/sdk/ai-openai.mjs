import { createOpenAI } from '@ai-sdk/openai';
import { aiScenarios } from './ai-scenarios.mjs';
import { baseUrl, keeps, key, model, serve } from './harness.mjs';

const provider = createOpenAI({ baseURL: `${baseUrl}/v1`, apiKey: key });
const reasoning = { openai: { store: false, reasoningEffort: 'low', reasoningSummary: 'auto', forceReasoning: true, include: ['reasoning.encrypted_content'] } };

// By default the library has everything kept, and names what it got by its id in the next step. Only OpenAI's own platforms keep anything.
await serve(aiScenarios(provider(model), keeps ? {} : { openai: { store: false } }, reasoning));
