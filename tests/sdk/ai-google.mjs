import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { aiScenarios } from './ai-scenarios.mjs';
import { baseUrl, key, model, serve } from './harness.mjs';

const provider = createGoogleGenerativeAI({ baseURL: `${baseUrl}/v1beta`, apiKey: key });

await serve(aiScenarios(provider(model), {}, { google: { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } } }));
