/**
 * Before tests that start the daemon: what it loads is compiled once. A process keeps what it compiled when it ends by
 * itself, and most daemons here are killed. Whether that worked is not asked: the tests say what does not load.
 */
import { spawnSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';
import { NODE_FLAGS } from './as-installed.ts';

const LOADED = [
  'edges/cli/program.ts',
  'daemon/launch.ts',
  'daemon/main.ts',
  'engine/engine.ts',
  'engine/command-handlers.ts',
];

export function setup({ config }: TestProject): void {
  const modules = LOADED.map((path) => new URL(`../../src/${path}`, import.meta.url).href);
  const script = `for (const each of ${JSON.stringify(modules)}) await import(each)`;
  spawnSync(process.execPath, [...NODE_FLAGS, '--input-type=module', '--eval', script], {
    env: { ...process.env, ...config.env },
  });
}
