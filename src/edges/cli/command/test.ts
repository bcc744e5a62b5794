import type { Command } from 'commander';
import type { PolicyTestResult } from '../../../policy/policy-tests.ts';
import { doing, examples } from '../action.ts';
import { plain } from '../plain-text.ts';
import { besides, loadPolicy, problemLine } from '../policy-file.ts';

interface Tested {
  readonly file: string;
  readonly tests: readonly PolicyTestResult[];
}

export function defineTest(command: Command): void {
  command
    .argument('<file...>')
    .addHelpText('after', examples('test policies/office.yaml'))
    .action(
      doing(async ({ screen }, names) => {
        const { runPolicyTests } = await import('../../../policy/policy-tests.ts');
        const files: Tested[] = [];
        for (const file of names) files.push({ file, tests: runPolicyTests(await loadPolicy(file)) });
        const passed = files.every(({ tests }) => tests.every((test) => test.passed));
        screen.show({ passed, files }, () => files.map(describe).join('\n'));
        return passed ? undefined : 1;
      }),
    );
}

function describe({ file, tests }: Tested): string {
  const failed = tests.filter(({ passed }) => !passed);
  const lines = failed.flatMap(({ name, place, failures }) =>
    failures.map((failure) =>
      problemLine({ ...besides(file, place), message: `test '${name}': ${failure}`, expected: '' }),
    ),
  );
  return [...lines, plain(`${file}: ${tests.length - failed.length} of ${tests.length} tests pass`)].join(
    '\n',
  );
}
