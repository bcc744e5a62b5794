import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { Verification } from '../../../ledger/verification.ts';
import { type Context, doing, examples, parsed } from '../context.ts';
import { entrySubject, entrySummary } from '../entry-line.ts';
import { CommandError } from '../errors.ts';
import { limitOption, showPage, wholeNumber } from '../listing.ts';
import { plain } from '../plain-text.ts';
import { queryOf } from '../query.ts';
import { table } from '../table.ts';
import { localTime } from '../time.ts';
import type { EntryView } from '../wire.ts';

export function addAudit(program: Command): void {
  const audit = program
    .command('audit')
    .description('Read and prove the record of all that was decided and done');
  addList(audit);
  addVerify(audit);
}

interface ListOptions {
  type?: string;
  subject?: string;
  after?: number;
  order: string;
  limit: number;
}

function addList(audit: Command): void {
  audit
    .command('list', { isDefault: true })
    .description('List ledger entries')
    .option('--type <type>', 'only these, such as decision or decision.approved')
    .option('--subject <id>', 'only about this incident, decision, revision or token')
    .option('--after <seq>', 'only after this entry', parsed(wholeNumber))
    .addOption(
      new Option('--order <order>', 'what comes first').choices(['newest', 'oldest']).default('newest'),
    )
    .addOption(limitOption())
    .addHelpText('after', examples('audit', 'audit list --subject D42 --order oldest'))
    .action(
      doing<ListOptions>((context, _args, options) =>
        showPage(context, `/v1/audit${queryOf({ ...options })}`, describeAll),
      ),
    );
}

function describeAll(entries: readonly EntryView[], width: number | undefined): string {
  const rows = entries.map((entry) => [
    String(entry.seq),
    localTime(entry.atMs),
    entry.type,
    entrySubject(entry),
    entry.actor,
    entrySummary(entry),
  ]);
  return table(['seq', 'at', 'type', 'subject', 'by', 'what'], rows, width);
}

function addVerify(audit: Command): void {
  audit
    .command('verify')
    .description('Prove that the ledger in the state directory is what was recorded; needs no daemon')
    .option(
      '--anchor <seq:hash>',
      'an end that an earlier run told: also proves that nothing was cut off since',
      parsed(parseAnchor),
    )
    .addHelpText('after', examples('audit verify', '--state-dir /mnt/backup/penstock audit verify'))
    .action(doing<{ anchor?: Anchor }>((context, _args, { anchor }) => verifyLedger(context, anchor)));
}

interface Anchor {
  seq: number;
  hash: string;
}

function parseAnchor(text: string): Anchor {
  const found = /^([0-9]{1,15}):([0-9a-f]{64})$/.exec(text);
  if (!found) throw new Error('give a number, a colon and 64 hex digits');
  return { seq: Number(found[1]), hash: found[2] as string };
}

async function verifyLedger(
  { stateDir, screen }: Context,
  anchor: Anchor | undefined,
): Promise<1 | undefined> {
  const { verify } = await import('../../../ledger/verification.ts');
  const path = join(stateDir, 'ledger.db');
  let verification: Verification;
  try {
    verification = verify(path, anchor);
  } catch (cause) {
    throw new CommandError('ledger-unreadable', 1, `${path}: ${(cause as Error).message}`, { cause });
  }
  screen.show(verification, describeVerification);
  return verification.sound ? undefined : 1;
}

function describeVerification(verification: Verification): string {
  if (verification.sound) {
    const { seq, hash } = verification.head;
    return `sound: ${seq} entries, the end is ${seq}:${hash}`;
  }
  const { seq, problem } = verification;
  return plain(seq === null ? `NOT SOUND: ${problem}` : `NOT SOUND from entry ${seq} on: ${problem}`);
}
