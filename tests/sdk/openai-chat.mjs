import OpenAI from 'openai';
import { chatScenarios } from './chat-scenarios.mjs';
import { baseUrl, key, serve } from './harness.mjs';

await serve(chatScenarios(new OpenAI({ baseURL: `${baseUrl}/v1`, apiKey: key, maxRetries: 0 })));
