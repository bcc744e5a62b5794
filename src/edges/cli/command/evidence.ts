import { readFileSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import type { Query, Schema } from 'penstock-client';
import { MAX_BUNDLE_BYTES, openBundle, type SealedBundle } from '../../../evidence/bundle.ts';
import { EvidenceError } from '../../../evidence/errors.ts';
import { formatSize } from '../../../policy/quantity.ts';
import { doing, examples } from '../action.ts';
import { answered } from '../client.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import { limitOption, showPage } from '../listing.ts';
import { type Look, painted } from '../look.ts';
import { plain } from '../plain-text.ts';
import { replaceFile } from '../report-files.ts';
import { table } from '../table.ts';
import { age, localTime } from '../time.ts';

type Kept = Schema<'EvidenceBundle'>;

const ID = /^I[1-9][0-9]{0,15}$/;

export function defineEvidence(command: Command): void {
  command.addHelpText(
    'after',
    examples('evidence', 'evidence get I42', 'evidence verify I42.tar', 'evidence verify I42'),
  );
  addList(command);
  addGet(command);
  addVerify(command);
}

function addList(evidence: Command): void {
  evidence
    .command('list', { isDefault: true })
    .description('Bundles that were sealed, newest first')
    .addOption(limitOption())
    .addHelpText('after', examples('evidence list', '--json evidence'))
    .action(
      doing<Query<'/v1/evidence'>>(async (context, _args, query) =>
        showPage(context, (await context.api()).GET('/v1/evidence', { params: { query } }), describeAll),
      ),
    );
}

function describeAll(kept: readonly Kept[], look: Look): string {
  const rows = kept.map(({ incident, state, atMs, bundle, reason }) => [
    incident,
    painted(state),
    age(atMs, look),
    bundle === null ? '' : formatSize(bundle.bytes),
    bundle === null ? '' : String(bundle.packets),
    bundle?.bundleSha256.slice(0, 12) ?? '',
    reason ?? '',
  ]);
  return table(
    ['incident', 'state', 'since', 'size', 'packets', { head: 'sha256', drop: 1 }, 'why'],
    rows,
    look,
  );
}

function addGet(evidence: Command): void {
  evidence
    .command('get')
    .argument('<id>', 'an incident, such as I42')
    .description('Fetch the bundle of an incident; that it was fetched goes into the ledger')
    .option('--output <file>', 'where to; default: ID.tar, here')
    .addHelpText('after', examples('evidence get I42', 'evidence get I42 --output /mnt/case/I42.tar'))
    .action(
      doing<{ output?: string }>(async (context, [id = ''], { output }) => {
        const file = output ?? `${incidentId(id)}.tar`;
        const bytes = await fetchBundle(context, id);
        replaceFile(file, bytes);
        const { manifest, bundleSha256 } = opened(bytes);
        const told = { file, bytes: bytes.length, sealedAtMs: manifest.sealedAtMs, bundleSha256 };
        context.screen.show(told, () => plain(`${id} is in ${file}, ${formatSize(bytes.length)}`));
        return undefined;
      }),
    );
}

function addVerify(evidence: Command): void {
  evidence
    .command('verify')
    .argument('<bundle>', 'a file, or an incident whose bundle the daemon has')
    .description(
      'Prove that a bundle is what was sealed: by itself, and by the ledger where a daemon answers',
    )
    .option('--offline', 'by itself only, without asking a daemon')
    .addHelpText(
      'after',
      `${examples('evidence verify I42.tar', 'evidence verify I42.tar --offline', 'evidence verify I42')}\n\nEnds with 1 when it is not what was sealed.`,
    )
    .action(
      doing<{ offline?: boolean }>((context, [what = ''], { offline = false }) =>
        verify(context, what, offline),
      ),
    );
}

interface Verdict {
  readonly sound: boolean;
  readonly problem: string | null;
  readonly incident: string | null;
  readonly sealedAtMs: number | null;
  readonly manifestSha256: string | null;
  /** not-asked: by itself only; unknown: there was no daemon to ask. */
  readonly ledger: 'agrees' | 'differs' | 'not-asked' | 'unknown';
}

async function verify(context: Context, what: string, offline: boolean): Promise<1 | undefined> {
  const isId = ID.test(what);
  const bytes = isId ? await fetchBundle(context, what) : readBundle(what);
  const verdict = await judge(context, bytes, offline);
  context.screen.show(verdict, describeVerdict);
  return verdict.sound ? undefined : 1;
}

async function judge(context: Context, bytes: Uint8Array, offline: boolean): Promise<Verdict> {
  const nothing = { incident: null, sealedAtMs: null, manifestSha256: null, ledger: 'not-asked' } as const;
  let bundle: SealedBundle;
  try {
    bundle = openBundle(bytes);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    return { sound: false, problem: error.message, ...nothing };
  }
  const { manifest, manifestSha256 } = bundle;
  const facts = { incident: manifest.incident, sealedAtMs: manifest.sealedAtMs, manifestSha256 };
  const ledger = offline ? 'not-asked' : await askLedger(context, bundle);
  const problem =
    ledger === 'differs' ? `the ledger has another bundle of ${manifest.incident}, or none` : null;
  return { sound: problem === null, problem, ...facts, ledger };
}

/** A bundle can be carried away from its gateway; then it speaks for itself alone. */
async function askLedger(context: Context, bundle: SealedBundle): Promise<Verdict['ledger']> {
  const { incident } = bundle.manifest;
  const query = { type: 'evidence.sealed', subject: incident, limit: 100 };
  try {
    const api = await context.api();
    const { items } = await answered(api.GET('/v1/audit', { params: { query } }));
    const isSame = ({ body }: (typeof items)[number]) =>
      body.manifestSha256 === bundle.manifestSha256 && body.bundleSha256 === bundle.bundleSha256;
    return items.some(isSame) ? 'agrees' : 'differs';
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    context.screen.remark(`not compared with a ledger: ${error.message}`);
    return 'unknown';
  }
}

function describeVerdict({ sound, problem, incident, sealedAtMs, ledger }: Verdict): string {
  if (!sound) return plain(`NOT SOUND: ${problem}`);
  const words = {
    agrees: 'the ledger agrees',
    differs: '',
    'not-asked': 'by itself; the ledger was not asked',
    unknown: 'by itself; there was no ledger to ask',
  };
  return plain(`sound: ${incident}, sealed ${localTime(sealedAtMs)}; ${words[ledger]}`);
}

async function fetchBundle(context: Context, id: string): Promise<Uint8Array> {
  const api = await context.api();
  const path = { id: incidentId(id) };
  const asked = api.GET('/v1/incidents/{id}/evidence/bundle', { params: { path }, parseAs: 'arrayBuffer' });
  return new Uint8Array((await answered(asked)) as unknown as ArrayBuffer);
}

/** @throws CommandError for what is no incident, so that no other text gets into a path */
function incidentId(text: string): string {
  if (ID.test(text)) return text;
  throw new CommandError('bad-arguments', 2, `'${text}' is no incident: give its id, such as I42`);
}

function readBundle(path: string): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > MAX_BUNDLE_BYTES) throw new Error(`${formatSize(size)} are too many for a bundle`);
    return readFileSync(path);
  } catch (cause) {
    throw new CommandError('unreadable', 2, `${path}: ${(cause as Error).message}`, { cause });
  }
}

function opened(bytes: Uint8Array): SealedBundle {
  try {
    return openBundle(bytes);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new CommandError('not-sound', 1, `what came is not what was sealed: ${error.message}`, {
      cause: error,
    });
  }
}
