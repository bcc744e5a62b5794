import { defineConfig } from 'vitest/config';

/**
 * Three kinds of test, each runnable alone (`npx vitest run --project unit`):
 * unit mirrors src and needs no privileges; kernel talks to the real kernel in network namespaces of its own;
 * e2e drives the real command and the real API.
 */
export default defineConfig({
  test: {
    // Most tests wait for processes and the kernel, so one more than a small machine has cores to spare.
    maxWorkers: 2,
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 30_000 } },
      { test: { name: 'kernel', include: ['test/kernel/**/*.test.ts'], pool: 'forks', testTimeout: 30_000 } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
