import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const DEMO = new URL('../demo/main.ts', import.meta.url).pathname;

it('the demo shows what it claims', { timeout: 90_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [DEMO], { timeout: 85_000 });
  expect(stdout).toMatch(/all \d+ claims hold/);
});
