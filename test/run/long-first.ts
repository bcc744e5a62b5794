/**
 * The order of test files: those that take longest begin first, so that none is left to run alone at the end. Vitest
 * knows how long a file took only where it has run before, which a fresh checkout has not.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** From the longest; most of this is waiting. Files that are not here take less than 30 s on two quiet cores. */
const LONG = [
  'e2e/detect-beacon',
  'e2e/crash-blocks',
  'e2e/crash-answers',
  'e2e/chaos',
  'e2e/detect-upload',
  'e2e/crash-changes',
  'e2e/faults-ledger',
  'e2e/faults-start',
  'e2e/faults-conntrack',
  'e2e/detect-scan',
  'e2e/real-clients',
  'e2e/guardrails',
];

export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => place(one) - place(other));
  }
}

function place({ moduleId }: TestSpecification): number {
  const at = LONG.findIndex((name) => moduleId.endsWith(`test/${name}.test.ts`));
  return at < 0 ? LONG.length : at;
}
