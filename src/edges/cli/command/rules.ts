import type { Command } from 'commander';
import type { Answer, Schema } from 'penstock-client';
import { doing, examples } from '../action.ts';
import { answered } from '../client.ts';
import { type Look, painted } from '../look.ts';
import { table } from '../table.ts';
import { age, moment } from '../time.ts';
import { watchOption } from '../watch-option.ts';

const HEADS = [
  { head: 'rule', least: 12 },
  'hits',
  'last hit',
  { head: 'expires', drop: 1 },
  { head: 'owner', drop: 2 },
  'note',
];

export function defineRules(command: Command): void {
  command
    .option('--unused', 'only rules that nothing has met')
    .addOption(watchOption())
    .addHelpText('after', examples('rules', 'rules --unused', '--json rules'))
    .action(
      doing<{ unused?: true }>(async (context, _, { unused }) => {
        const api = await context.api();
        const listing = await answered(api.GET('/v1/policy/rules'));
        const shown = unused
          ? { ...listing, rules: listing.rules.filter(({ hits }) => hits === 0) }
          : listing;
        context.screen.show(shown, describe);
        return undefined;
      }),
    );
}

function describe({ rules, sinceMs, source }: Answer<'get', '/v1/policy/rules'>, look: Look): string {
  const where = source === 'kernel' ? 'in the kernel' : 'by the connections seen';
  const counted = `counted since ${moment(sinceMs, look)} ${where}`;
  return `${rules.length === 0 ? 'none' : tableOf(rules, look)}\n\n${counted}`;
}

function tableOf(rules: readonly Schema<'RuleUse'>[], look: Look): string {
  const rows = rules.map((use) => [
    use.rule,
    String(use.hits),
    age(use.lastHitMs, look),
    age(use.expiresMs, look),
    use.owner ?? '-',
    painted(use.isExpired ? 'EXPIRED' : use.hits === 0 ? 'UNUSED' : ''),
  ]);
  return table(HEADS, rows, look);
}
