import { createAnthropic } from '@ai-sdk/anthropic';
import { aiScenarios } from './ai-scenarios.mjs';
import { baseUrl, key, model, serve } from './harness.mjs';

const provider = createAnthropic({ baseURL: `${baseUrl}/v1`, apiKey: key });

await serve(aiScenarios(provider(model), {}, { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } }));
