/** How bin/penstock starts Node, for processes of tests and benchmarks that stand for the daemon. */
import { fileURLToPath } from 'node:url';

/** Compiled code is of use only under the flags that it was compiled under. */
export const NODE_FLAGS = [
  '--max-semi-space-size=4',
  '--no-parallel-scavenge',
  '--no-memory-pool-share-memory-on-teardown',
];

export const NODE_ENVIRONMENT = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../../node_modules/.cache/penstock', import.meta.url)),
  MALLOC_ARENA_MAX: '2',
};
