/** The example of the package's README, run against the API. */
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { expect, it } from 'vitest';
import * as client from '../../../src/penstock-client/src/index.ts';
import { incident } from '../edges/api/samples.ts';
import { ServedApi } from '../edges/api/served-api.ts';

const README = new URL('../../../src/penstock-client/README.md', import.meta.url);
const ENOUGH = new Error('enough');

it('the example of the README runs as it stands there', async () => {
  await using api = await ServedApi.start();
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(README, 'utf8'))?.[1] ?? '';
  const body = stripTypeScriptTypes(example)
    .replace(/^import .*$/m, 'const { createPenstockClient, followEvents } = client;')
    .replace('http://127.0.0.1:8731', api.url);
  const printed: unknown[][] = [];
  const log = (...words: unknown[]) => {
    printed.push(words);
    if (printed.length === 2) throw ENOUGH;
  };
  // Again and again, since only what comes once the stream is open is shown.
  const opened = { type: 'incident.opened', actor: 'penstock', body: { incident: incident(9) } } as const;
  const timer = setInterval(() => api.append(opened), 50);
  const run = new Function('client', 'process', 'console', `return (async () => { ${body} })()`);
  await expect(run(client, { env: { PENSTOCK_TOKEN: api.tokens.viewer } }, { log })).rejects.toBe(ENOUGH);
  clearInterval(timer);
  expect(printed).toEqual([
    ['D2', 'no rule allows it'],
    [expect.stringMatching(/^\d+$/), 'incident.opened'],
  ]);
});
