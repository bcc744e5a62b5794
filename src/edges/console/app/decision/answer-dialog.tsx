/** The second click of an answer: what will happen, a reason, and the button. */
import { useState } from 'preact/hooks';
import { send } from '../api.ts';
import type { Failure } from '../failure.ts';
import { ConfirmDialog } from '../part/dialog.tsx';
import { formatSpan } from '../part/format.ts';
import { announce } from '../part/live-region.tsx';
import { type Decision, effectWords, needsAnother, targetWords } from '../words.ts';

export type Verb = 'approve' | 'reject' | 'revoke';

const TITLES = { approve: 'Approve', reject: 'Reject', revoke: 'Revoke' } as const;

const DONE = { approve: 'approved', reject: 'rejected', revoke: 'revoked' } as const;

interface Props {
  readonly decision: Decision;
  readonly verb: Verb;
  readonly onClose: () => void;
}

export function AnswerDialog({ decision, verb, onClose }: Props) {
  const [mayForce, setMayForce] = useState(false);
  const [force, setForce] = useState(false);
  const act = async (reason: string): Promise<Failure | undefined> => {
    const failure = await answer(decision.id, verb, reason, force);
    if (failure?.guardrail === 'operators') setMayForce(true);
    if (failure) return explained(failure, decision.id);
    announce(`${decision.id}: ${DONE[verb]}`);
    return undefined;
  };
  return (
    <ConfirmDialog
      title={`${TITLES[verb]} ${decision.id}`}
      verb={TITLES[verb]}
      tone={verb === 'approve' ? 'primary' : 'danger'}
      act={act}
      onClose={onClose}
    >
      <p class="target">{targetWords(decision.target)}</p>
      <p>{consequence(decision, verb)}</p>
      {mayForce && (
        <label class="check">
          <input
            type="checkbox"
            checked={force}
            onChange={(event) => setForce(event.currentTarget.checked)}
          />
          Do it though an operator works from there; that it was forced goes into the ledger
        </label>
      )}
    </ConfirmDialog>
  );
}

async function answer(id: string, verb: Verb, reason: string, force: boolean): Promise<Failure | undefined> {
  const params = { path: { id } };
  const sent = await send<unknown>((client, header) => {
    const rest = { params: { ...params, header } };
    if (verb === 'approve') {
      return client.POST('/v1/decisions/{id}/approve', { ...rest, body: { reason, force } });
    }
    return client.POST(`/v1/decisions/{id}/${verb}`, { ...rest, body: { reason } });
  });
  return 'failure' in sent ? sent.failure : undefined;
}

function consequence(decision: Decision, verb: Verb): string {
  const { state, ttlMs, target } = decision;
  if (verb === 'approve') {
    if (needsAnother(decision)) return 'It takes two persons: another one has to approve it after you.';
    return `${effectWords(decision)} It stands for ${formatSpan(ttlMs)}, then ends by itself.`;
  }
  const whose = target.kind === 'destination' ? target.prefix : target.host;
  if (state === 'pending') return `Nothing is blocked: ${whose} goes on as it does now.`;
  return `The block is lifted at once: ${whose} talks on, and the same reason does not bring it back.`;
}

/** Somebody else was faster, or it lapsed: said in words of this page. */
function explained(failure: Failure, id: string): Failure {
  if (failure.status === 409) {
    return { ...failure, title: `${id} does not wait for this any more`, detail: failure.detail };
  }
  if (failure.status === 403) return { ...failure, title: 'Your role does not allow it' };
  return failure;
}
