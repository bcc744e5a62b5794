import type { Command } from 'commander';
import { formatAddress, parseAddress } from '../../../address/address.ts';
import { formatPrefix, parsePrefix } from '../../../address/prefix.ts';
import type { Decision, Target } from '../../../decision/decision.ts';
import { parseDuration } from '../../../policy/schema/quantity.ts';
import { type Context, collected, doing, examples, parsed } from '../context.ts';
import { facts } from '../table.ts';
import { decisionFacts } from '../wording.ts';

interface Options {
  ttl: number;
  reason: string;
  force?: boolean;
}

const prefix = (text: string) => formatPrefix(parsePrefix(text));
const address = (text: string) => formatAddress(parseAddress(text));

export function addBlock(program: Command): void {
  program
    .command('block')
    .argument('<address>', 'an address or a network, such as 198.51.100.0/24', parsed(prefix))
    .description('Block a destination for everybody; stands at once')
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

export function addQuarantine(program: Command): void {
  program
    .command('quarantine')
    .argument('<host>', 'the address of the host', parsed(address))
    .description('Cut a host off from everybody; stands at once')
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
  { client, screen }: Context,
  target: Target,
  { ttl, reason, force = false }: Options,
): Promise<undefined> {
  const decision = await client.post<Decision>('/v1/decisions', { target, ttlMs: ttl, reason, force });
  screen.show(decision, (one) => facts(decisionFacts(one)));
}
