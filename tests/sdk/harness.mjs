// Runs scenarios in one process: `node CLIENT.mjs BASE_URL KEY MODEL PLATFORM`, then one scenario's name a line on stdin. Each prints one line of JSON: what the
// client made of the answer, or the error that it threw. A line {"progress":true} in between says that a stream has begun.
import { createInterface } from 'node:readline';

export const [baseUrl, key, model, platform] = process.argv.slice(2);

/** Whether the platform keeps responses, so that a client may refer to them. */
export const keeps = platform === 'openai' || platform === 'azure';

export const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export const weather = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };

export const nothing = { type: 'object', properties: {}, additionalProperties: false };

export const place = weather;

/** What a tool answers. */
export const said = (name) => `sunny ${name}`;

export const progress = () => print({ progress: true });

/** @param {Record<string, () => Promise<object>>} scenarios */
export async function serve(scenarios) {
  for await (const name of createInterface({ input: process.stdin })) {
    try {
      const run = scenarios[name];
      print({ scenario: name, ...(run ? await run() : { missing: true }) });
    } catch (error) {
      const status = error.status ?? error.statusCode;
      print({ scenario: name, error: { status: typeof status === 'number' ? status : null, name: error.name, message: String(error.message ?? error) } });
    }
  }
}

function print(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
