import { defineConfig } from 'vitest/config';

/**
 * Three kinds of test, each runnable alone (`npx vitest run --project unit`):
 * unit mirrors src and needs no privileges; kernel talks to the real kernel in network namespaces of its own;
 * e2e drives the real command and the real API.
 */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
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
