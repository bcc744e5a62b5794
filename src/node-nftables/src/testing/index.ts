/** A stateful fake of the kernel for tests. See README.md. */
export { FakeKernel } from './fake-kernel.ts';
export type { FakeProcess } from './ruleset-store.ts';
