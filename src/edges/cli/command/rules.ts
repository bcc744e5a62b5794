import type { Command } from 'commander';
import type { RuleListing, RuleUse } from '../../../engine/rule-hits.ts';
import { doing, examples } from '../context.ts';
import { table } from '../table.ts';
import { localTime } from '../time.ts';

const HEADS = ['rule', 'hits', 'last hit', 'expires', 'owner', 'note'];

export function addRules(program: Command): void {
  program
    .command('rules')
    .option('--unused', 'only rules that nothing has met')
    .description('List the rules of the policy in force and how often each was used since the daemon started')
    .addHelpText('after', examples('rules', 'rules --unused', '--json rules'))
    .action(
      doing<{ unused?: true }>(async ({ client, screen }, _, { unused }) => {
        const listing = await client.get<RuleListing>('/v1/policy/rules');
        const shown = unused
          ? { ...listing, rules: listing.rules.filter(({ hits }) => hits === 0) }
          : listing;
        screen.show(shown, (those) => describe(those, screen.width));
        return undefined;
      }),
    );
}

function describe({ rules, sinceMs, source }: RuleListing, width: number | undefined): string {
  const where = source === 'kernel' ? 'in the kernel' : 'by the connections seen';
  const counted = `counted since ${localTime(sinceMs)} ${where}`;
  return `${rules.length === 0 ? 'none' : tableOf(rules, width)}\n\n${counted}`;
}

function tableOf(rules: readonly RuleUse[], width: number | undefined): string {
  const rows = rules.map((use) => [
    use.rule,
    String(use.hits),
    use.lastHitMs === null ? '-' : localTime(use.lastHitMs),
    use.expiresMs === null ? '-' : localTime(use.expiresMs),
    use.owner ?? '-',
    use.isExpired ? 'EXPIRED' : use.hits === 0 ? 'UNUSED' : '',
  ]);
  return table(HEADS, rows, width);
}
