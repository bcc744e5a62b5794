/** block and quarantine. */
import type { Command } from 'commander';
import type { Schema } from 'penstock-client';
import { formatAddress, parseAddress } from '../../../address/address.ts';
import { formatPrefix, parsePrefix } from '../../../address/prefix.ts';
import { parseDuration } from '../../../policy/quantity.ts';
import { collected, doing, examples, parsed } from '../action.ts';
import { answered } from '../client.ts';
import type { Context } from '../context.ts';
import { facts } from '../table.ts';
import { decisionFacts } from '../wording.ts';

interface Options {
  ttl: number;
  reason: string;
  force?: boolean;
}

const prefix = (text: string) => formatPrefix(parsePrefix(text));
const address = (text: string) => formatAddress(parseAddress(text));

export function defineBlock(command: Command): void {
  command
    .argument('<address>', 'an address or a network, such as 198.51.100.0/24', parsed(prefix))
    .requiredOption('--ttl <span>', 'how long, such as 1h', parsed(parseDuration))
    .requiredOption('--reason <text>', 'why; goes into the ledger')
    .option('--force', 'though it cuts the path of an operator')
    .addHelpText('after', examples('block 198.51.100.66 --ttl 1h --reason "known bad"'))
    .action(
      doing<Options>((context, [text = ''], options) =>
        enact(context, { kind: 'destination', prefix: prefix(text) }, options),
      ),
    );
}

export function defineQuarantine(command: Command): void {
  command
    .argument('<host>', 'the address of the host', parsed(address))
    .requiredOption('--ttl <span>', 'how long, such as 2h', parsed(parseDuration))
    .requiredOption('--reason <text>', 'why; goes into the ledger')
    .option('--force', 'though it cuts the path of an operator')
    .option('--allow-to <network>', 'what it may still talk to; can be given many times', collected(prefix))
    .addHelpText(
      'after',
      examples('quarantine 10.1.0.10 --ttl 2h --reason "scans the net" --allow-to 10.0.0.53'),
    )
    .action(
      doing<Options & { allowTo?: string[] }>((context, [text = ''], { allowTo = [], ...options }) =>
        enact(context, { kind: 'host', host: address(text), allowTo }, options),
      ),
    );
}

async function enact(
  context: Context,
  target: Schema<'Target'>,
  { ttl, reason, force = false }: Options,
): Promise<undefined> {
  const api = await context.api();
  const body = { target, ttlMs: ttl, reason, force };
  const decision = await answered(api.POST('/v1/decisions', { body }));
  context.screen.show(decision, (one, look) => facts(decisionFacts(one, look), look));
}
