import type { Command } from 'commander';
import type { Problem } from '../../../policy/problem.ts';
import { doing, examples } from '../action.ts';
import { plain } from '../plain-text.ts';
import { problemLine, readPolicy } from '../policy-file.ts';

interface Checked {
  readonly file: string;
  readonly valid: boolean;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

export function defineCheck(command: Command): void {
  command
    .argument('<file...>')
    .addHelpText('after', examples('check policies/office.yaml', 'check policies/*.yaml'))
    .action(
      doing(async ({ screen }, names) => {
        const files: Checked[] = [];
        for (const file of names) files.push(await check(file));
        const valid = files.every((each) => each.valid);
        screen.show({ valid, files }, () => files.map(describe).join('\n'));
        return valid ? undefined : 2;
      }),
    );
}

async function check(file: string): Promise<Checked> {
  const result = await readPolicy(file);
  if (!result.ok) return { file, valid: false, problems: result.problems, warnings: [] };
  return { file, valid: true, problems: [], warnings: result.warnings };
}

function describe({ file, valid, problems, warnings }: Checked): string {
  return [
    ...problems.map(problemLine),
    ...warnings.map((warning) => `${problemLine(warning)} (warning)`),
    `${plain(file)}: ${valid ? 'valid' : `${problems.length} problems`}`,
  ].join('\n');
}
