import { AzureOpenAI } from 'openai';
import { chatScenarios } from './chat-scenarios.mjs';
import { baseUrl, key, serve } from './harness.mjs';

await serve(chatScenarios(new AzureOpenAI({ endpoint: baseUrl, apiKey: key, apiVersion: '2024-10-21', maxRetries: 0 })));
