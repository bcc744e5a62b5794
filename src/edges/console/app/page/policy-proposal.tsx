import type { Schema } from 'penstock-client';
import { useState } from 'preact/hooks';
import { send, useQuery } from '../api.ts';
import { Button } from '../part/button.tsx';
import { ConfirmDialog } from '../part/dialog.tsx';
import { Countdown, Time } from '../part/time.tsx';
import { may, session } from '../session.ts';

type Verb = 'approve' | 'reject';

/** A change of policy that waits for a second person; nothing is shown when there is none. */
export function PolicyProposal() {
  const { data } = useQuery('proposal', (client, signal) => client.GET('/v1/policy/proposal', { signal }), {
    on: ['policy', 'revision', 'proposal'],
  });
  const [verb, setVerb] = useState<Verb>();
  const proposal = data?.proposal;
  if (proposal?.state !== 'pending') return null;
  const isOwn = typeof session.value === 'object' && session.value.name === proposal.actor;
  return (
    <div class="note tone-medium" role="status">
      <div>
        <strong>{proposal.id} waits for a second person</strong>
        <p>
          {proposal.actor} wants to {wish(proposal)}
          {proposal.reason !== '' && `: ${proposal.reason}`}. Asked <Time ms={proposal.proposedAtMs} />,
          lapses in <Countdown untilMs={proposal.answerByMs} />.
          {isOwn && ' You cannot be the second person for your own change.'}
        </p>
      </div>
      {may('approver') && (
        <div class="toolbar">
          <Button onClick={() => setVerb('reject')}>Reject…</Button>
          {!isOwn && (
            <Button tone="primary" icon="check" onClick={() => setVerb('approve')}>
              Approve…
            </Button>
          )}
        </div>
      )}
      {verb && <AnswerDialog proposal={proposal} verb={verb} onClose={() => setVerb(undefined)} />}
    </div>
  );
}

function wish({ kind, to, policyName, force }: Schema<'ProposedPolicy'>): string {
  const what = kind === 'rollback' ? `roll back to revision ${to}` : `put policy ${policyName} in force`;
  return force ? `${what}, though it cuts the path of an operator` : what;
}

interface AnswerProps {
  readonly proposal: Schema<'ProposedPolicy'>;
  readonly verb: Verb;
  readonly onClose: () => void;
}

function AnswerDialog({ proposal, verb, onClose }: AnswerProps) {
  const act = async (reason: string) => {
    const sent = await send<unknown>((client, headers) => {
      const options = { headers, params: { path: { id: proposal.id } }, body: { reason } };
      return verb === 'approve'
        ? client.POST('/v1/policy/proposals/{id}/approve', options)
        : client.POST('/v1/policy/proposals/{id}/reject', options);
    });
    return 'failure' in sent ? sent.failure : undefined;
  };
  const isApproval = verb === 'approve';
  return (
    <ConfirmDialog
      title={isApproval ? `Approve ${proposal.id}?` : `Reject ${proposal.id}?`}
      verb={isApproval ? 'Approve' : 'Reject'}
      tone={isApproval ? 'primary' : 'danger'}
      act={act}
      onClose={onClose}
    >
      <p>{isApproval ? `It is carried out at once: ${wish(proposal)}.` : 'Nothing is changed.'}</p>
    </ConfirmDialog>
  );
}
