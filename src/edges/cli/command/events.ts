import type { Command } from 'commander';
import { doing, examples, parsed } from '../context.ts';
import { entryLine } from '../entry-line.ts';
import { CommandError } from '../errors.ts';
import { readEvents } from '../event-reader.ts';
import { wholeNumber } from '../listing.ts';
import { queryOf } from '../query.ts';

interface Options {
  after?: number;
  type?: string;
}

export function addEvents(program: Command): void {
  program
    .command('events')
    .description('Show what happens, as it happens, until interrupted')
    .option(
      '--after <seq>',
      'begin with the entry after this one; default: only new ones',
      parsed(wholeNumber),
    )
    .option('--type <types>', 'only these, such as decision,incident.opened')
    .addHelpText('after', examples('events', 'events --type decision,drift', '--json events --after 0'))
    .action(
      doing<Options>(async ({ client, screen }, _args, options) => {
        for await (const entry of readEvents(client.stream(`/v1/events${queryOf({ ...options })}`))) {
          screen.show(entry, entryLine);
        }
        throw new CommandError('stream-ended', 1, 'the daemon ended the stream: is it being stopped?');
      }),
    );
}
