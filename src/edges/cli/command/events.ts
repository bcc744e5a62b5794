import type { Command } from 'commander';
import { doing, examples, parsed } from '../action.ts';
import { entryLine } from '../entry-line.ts';
import { followLedger } from '../ledger-events.ts';
import { wholeNumber } from '../listing.ts';

interface Options {
  after?: number;
  type?: string;
}

export function defineEvents(command: Command): void {
  command
    .option(
      '--after <seq>',
      'begin with the entry after this one; default: only new ones',
      parsed(wholeNumber),
    )
    .option('--type <types>', 'only these, such as decision,incident.opened')
    .addHelpText(
      'after',
      `${examples('events', 'events --type decision,drift', '--json events --after 0')}\n${RECONNECTS}`,
    )
    .action(
      doing<Options>(async (context, _args, { after, type }) => {
        const { screen } = context;
        const stopper = new AbortController();
        using _ = context.around.onInterrupt(() => stopper.abort());
        const entries = followLedger(context, {
          ...(after !== undefined && { after: String(after) }),
          ...(type !== undefined && { types: type.split(',') }),
          signal: stopper.signal,
        });
        for await (const entry of entries) screen.show(entry, entryLine);
        return undefined;
      }),
    );
}

const RECONNECTS =
  'When the daemon goes, it is waited for, and what was missed is shown first. Ctrl-C ends it.';
