import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/run/long-first.ts';

/**
 * Processes that tests start compile the same files each time: they keep them where `bin/penstock` does. Node compares
 * what it kept with the file, so nothing is ever out of date.
 */
const env = { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/penstock', import.meta.url)) };
const setupFiles = ['test/run/property-seed.ts'];
/** A gateway of namespaces and a daemon are processes of their own: these tests mostly wait for them. */
const outside = { pool: 'forks', env, setupFiles, globalSetup: 'test/run/compiled.ts' } as const;

/**
 * Three kinds of test, each runnable alone (`npx vitest run --project unit`):
 * unit mirrors src and needs no privileges; kernel talks to the real kernel in network namespaces of its own;
 * e2e drives the real command and the real API.
 */
export default defineConfig({
  test: {
    // Twice what a small machine has cores: while one waits for a kernel's timer, another computes.
    maxWorkers: 4,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          env,
          setupFiles,
          // They share a process, and with it the modules: half of their time was to load the same files again.
          isolate: false,
          // Some start the command, which takes its time on a busy machine.
          testTimeout: 60_000,
        },
      },
      { test: { name: 'kernel', include: ['test/kernel/**/*.test.ts'], ...outside, testTimeout: 30_000 } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          ...outside,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // A page on a busy machine takes its time.
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
});
