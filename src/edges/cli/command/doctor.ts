import type { Command } from 'commander';
import { doing, examples } from '../context.ts';
import { conntrack } from '../doctor/conntrack.ts';
import type { Finding } from '../doctor/finding.ts';
import { daemon, stateDirectory } from '../doctor/state.ts';
import { table } from '../table.ts';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Look whether this machine has what Penstock needs, and say what to do')
    .addHelpText('after', examples('doctor'))
    .action(
      doing(async ({ screen, stateDir }) => {
        const findings = await examine(stateDir);
        const healthy = findings.every(({ outcome }) => outcome !== 'fail');
        screen.show({ healthy, findings }, () => describe(findings, screen.width));
        return healthy ? undefined : 1;
      }),
    );
}

async function examine(stateDir: string): Promise<Finding[]> {
  const { kernel, libnftables, nftCommand, privileges } = await import('../doctor/machine.ts');
  return [
    privileges(),
    kernel(),
    libnftables(),
    nftCommand(),
    ...conntrack(),
    stateDirectory(stateDir),
    await daemon(stateDir),
  ];
}

function describe(findings: readonly Finding[], width: number | undefined): string {
  const rows = findings.map(({ outcome, name, found, next }) => [outcome, name, found, next]);
  return table(['', 'what', 'found', 'do'], rows, width);
}
