/**
 * Before tests that start the daemon: what it loads is compiled once. A process keeps what it compiled when it ends by
 * itself, and most daemons here are killed. Whether that worked is not asked: the tests say what does not load.
 */
import { spawnSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';

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
  // With the flag of bin/penstock: what was compiled under others is not taken.
  const flags = ['--no-memory-pool-share-memory-on-teardown', '--input-type=module'];
  spawnSync(process.execPath, [...flags, '--eval', script], {
    env: { ...process.env, ...config.env },
  });
}
