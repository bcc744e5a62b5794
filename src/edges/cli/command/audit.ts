import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { Query, Schema } from 'penstock-client';
import type { Verification } from '../../../ledger/verification.ts';
import { doing, examples, parsed } from '../action.ts';
import type { Context } from '../context.ts';
import { entrySubject, entrySummary } from '../entry-line.ts';
import { CommandError } from '../errors.ts';
import { limitOption, showPage, wholeNumber } from '../listing.ts';
import type { Look } from '../look.ts';
import { plain } from '../plain-text.ts';
import { table } from '../table.ts';
import { localTime } from '../time.ts';

export function defineAudit(command: Command): void {
  command.addHelpText('after', examples('audit', 'audit list --type decision', 'audit verify'));
  addList(command);
  addVerify(command);
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
      doing<Query<'/v1/audit'>>(async (context, _args, query) =>
        showPage(context, (await context.api()).GET('/v1/audit', { params: { query } }), describeAll),
      ),
    );
}

const HEADS = ['seq', { head: 'at', drop: 1 }, 'type', 'subject', { head: 'by', drop: 2 }, 'what'];

function describeAll(entries: readonly Schema<'LedgerEntry'>[], look: Look): string {
  const rows = entries.map((entry) => [
    String(entry.seq),
    localTime(entry.atMs),
    entry.type,
    entrySubject(entry),
    entry.actor,
    entrySummary(entry),
  ]);
  return table(HEADS, rows, look);
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

async function verifyLedger(context: Context, anchor: Anchor | undefined): Promise<1 | undefined> {
  const { screen } = context;
  const { verify } = await import('../../../ledger/verification.ts');
  const path = join(await context.stateDir(), 'ledger.db');
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
