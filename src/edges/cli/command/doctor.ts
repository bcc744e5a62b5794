import type { Command } from 'commander';
import { doing, examples } from '../action.ts';
import type { Context } from '../context.ts';
import { conntrack } from '../doctor/conntrack.ts';
import { type Finding, fail } from '../doctor/finding.ts';
import { effectiveSettings, type ShownSetting } from '../doctor/settings.ts';
import { daemon, stateDirectory } from '../doctor/state.ts';
import { type Look, painted } from '../look.ts';
import { table } from '../table.ts';

export function defineDoctor(command: Command): void {
  command.addHelpText('after', `${examples('doctor', '--json doctor')}\n${EXITS}`).action(
    doing(async (context) => {
      const settings = await effectiveSettings(context.flags, context.around.env);
      const findings = await examine(context, settings.problem);
      const healthy = findings.every(({ outcome }) => outcome !== 'fail');
      const { shown } = settings;
      context.screen.show({ healthy, findings, settings: shown }, (_, look) =>
        describe(findings, shown, look),
      );
      return healthy ? undefined : 1;
    }),
  );
}

const EXITS = 'Ends with 1 when something fails. Values of secrets are never shown.';

async function examine(context: Context, problem: string | undefined): Promise<Finding[]> {
  const { kernel, libnftables, nftCommand, privileges } = await import('../doctor/machine.ts');
  return [
    privileges(),
    kernel(),
    libnftables(),
    nftCommand(),
    ...conntrack(),
    ...(problem === undefined ? [] : [fail('settings', problem, 'mend that file')]),
    ...(await ofDaemon(context)),
  ];
}

/** Nothing of it can be said where the settings cannot be read. */
async function ofDaemon(context: Context): Promise<Finding[]> {
  const settings = await context.settings.catch(() => undefined);
  return settings === undefined ? [] : [stateDirectory(settings.stateDir.value), await daemon(settings)];
}

function describe(findings: readonly Finding[], settings: readonly ShownSetting[], look: Look): string {
  const checks = findings.map(({ outcome, name, found, next }) => [painted(outcome), name, found, next]);
  const rows = settings.map(({ name, value, from }) => [name, value, from]);
  return [
    table(['', 'what', { head: 'found', least: 20 }, 'do'], checks, look),
    table(['setting', { head: 'value', least: 20 }, 'from'], rows, look),
  ].join('\n\n');
}
