import type { ComponentChildren } from 'preact';
import { formatSpan } from '../part/format.ts';
import { Time } from '../part/time.tsx';
import { type Decision, effectWords, needsAnother } from '../words.ts';

const KERNEL_WORDS = {
  none: 'not in the kernel',
  pending: 'on its way to the kernel',
  applied: 'in the kernel',
  failed: 'the kernel did not take it',
} as const;

/** What the decision does: before an answer, what it does now and what it would do. */
export function DecisionFacts({ decision }: { decision: Decision }) {
  const { enforcement, answers, coverage, ttlMs } = decision;
  return (
    <dl class="decision-facts">
      <Fact name="Now">{stateWords(decision)}</Fact>
      <Fact name={decision.state === 'active' ? 'Blocked' : 'If approved'}>
        {effectWords(decision)} For {formatSpan(ttlMs)}.
      </Fact>
      {enforcement.status !== 'none' && (
        <Fact name="Kernel">
          {KERNEL_WORDS[enforcement.status]}
          {enforcement.status === 'failed' && `: ${enforcement.error}`}
        </Fact>
      )}
      {coverage && coverage.gaps.length > 0 && (
        <Fact name="Not covered">{coverage.gaps.map(({ text }) => text).join('; ')}</Fact>
      )}
      {answers.length > 0 && (
        <Fact name="Answers">
          {answers.map(({ verb, actor, atMs, reason }) => (
            <span class="answer" key={`${atMs}${actor}`}>
              {verb} by <strong>{actor}</strong> <Time ms={atMs} />
              {reason === '' ? '' : `: ${reason}`}
            </span>
          ))}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function stateWords(decision: Decision): string {
  const { state, persons } = decision;
  if (state === 'pending' && persons === 2) {
    return needsAnother(decision)
      ? 'Nothing is blocked. It takes two persons; nobody has approved it yet.'
      : 'Nothing is blocked. One of two persons has approved it; it takes another one.';
  }
  if (state === 'pending') return 'Nothing is blocked until somebody approves.';
  if (state === 'provisional') return 'Blocked for now; lifted by itself when nobody answers in time.';
  return state === 'active' ? 'Blocked.' : `Over: ${state}.`;
}
