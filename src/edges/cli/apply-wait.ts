/**
 * Until it is known whether an applied policy stays: a second person answers, somebody confirms, or a time is over.
 * What happened is asked of the ledger, so that a daemon started again in between does not matter.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Schema } from 'penstock-client';
import { answered } from './client.ts';
import type { Context } from './context.ts';
import { Countdown } from './countdown.ts';
import { CommandError, type ExitCode } from './errors.ts';

type Applied = Answer<'put', '/v1/policy'>;

interface Outcome {
  readonly stays: boolean;
  readonly words: string;
  readonly revision: number | null;
}

const EVERY_MS = 500;
/** After its deadline the daemon says what became of it within moments, unless it is being started again. */
const GRACE_MS = 60_000;
const PASSING = ['no-daemon', 'no-answer', 'connection-lost', 'busy'];

/** Returns 1 when the policy does not stay. @throws CommandError when it is not known in the end, or interrupted */
export async function waitForAnswer(context: Context, applied: Applied): Promise<ExitCode | undefined> {
  const stopper = new AbortController();
  using _ = context.around.onInterrupt(() => stopper.abort());
  const outcome = await outcomeOf(context, applied, stopper.signal);
  context.screen.show({ ...applied, outcome }, () => outcome.words);
  return outcome.stays ? undefined : 1;
}

async function outcomeOf(context: Context, applied: Applied, signal: AbortSignal): Promise<Outcome> {
  const { proposal, revision } = applied;
  let { trial } = applied;
  if (proposal) {
    const answer = await untilKnown(context, `${proposal.id} waits for a second person`, {
      leftMs: proposal.answerByMs - context.around.now(),
      signal,
      ask: async () => answerTo(await newest(context, 'proposal', proposal.id)),
    });
    if (!answer.stays || proposal.confirmWithinMs === null) return answer;
    ({ trial } = await answered((await context.api()).GET('/v1/status')));
  }
  if (!trial) return { stays: true, words: `revision ${revision} stays`, revision };
  const tried = trial;
  return untilKnown(context, `revision ${tried.revision} waits for penstock confirm`, {
    leftMs: tried.leftMs,
    signal,
    ask: async () => endOf(await newest(context, 'trial', String(tried.revision))),
  });
}

interface Wait {
  readonly leftMs: number;
  readonly signal: AbortSignal;
  readonly ask: () => Promise<Outcome | undefined>;
}

async function untilKnown(context: Context, what: string, { leftMs, signal, ask }: Wait): Promise<Outcome> {
  const { now } = context.around;
  const deadlineMs = now() + leftMs;
  using countdown = new Countdown(context.around, what);
  for (;;) {
    const outcome = await passing(context, ask);
    if (outcome) return outcome;
    if (now() > deadlineMs + GRACE_MS)
      throw new CommandError('not-known', 1, `${what}: what became of it is not known; see penstock status`);
    countdown.show(deadlineMs - now());
    await pause(EVERY_MS, undefined, { signal }).catch(() => {
      throw new CommandError('interrupted', 1, `not waited to the end: ${what}`);
    });
  }
}

/** A daemon that is being started again will say it later. */
async function passing<T>(context: Context, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof CommandError && PASSING.includes(error.code))) throw error;
    await context.daemonAgain().catch(() => {});
    return undefined;
  }
}

async function newest(context: Context, type: string, subject: string) {
  const query = { type, subject, order: 'newest', limit: 1 } as const;
  const { items } = await answered((await context.api()).GET('/v1/audit', { params: { query } }));
  return items[0];
}

function answerTo(entry: Schema<'LedgerEntry'> | undefined): Outcome | undefined {
  const proposal = entry?.body.proposal as Schema<'ProposedPolicy'> | undefined;
  if (proposal === undefined || proposal.state === 'pending') return undefined;
  const { id, state, answer } = proposal;
  const by = answer === null ? '' : ` by ${answer.actor}${answer.reason && `: ${answer.reason}`}`;
  return { stays: state === 'approved', words: `${id} ${state}${by}`, revision: null };
}

interface Trial {
  readonly revision: number;
  readonly end: { readonly cause: string; readonly actor: string; readonly reason: string } | null;
}

function endOf(entry: Schema<'LedgerEntry'> | undefined): Outcome | undefined {
  const trial = entry?.body.trial as Trial | undefined;
  if (!trial?.end) return undefined;
  const { cause, actor, reason } = trial.end;
  const words =
    cause === 'confirmed'
      ? `revision ${trial.revision} stays: confirmed by ${actor}`
      : `revision ${trial.revision} was taken back: ${reason}`;
  return { stays: cause === 'confirmed', words, revision: trial.revision };
}
