import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { send, useQuery } from '../api.ts';
import { Button } from '../part/button.tsx';
import { ConfirmDialog } from '../part/dialog.tsx';
import { Time } from '../part/time.tsx';
import { may, personName } from '../session.ts';
import { Lapse } from './deadline.tsx';

type Verb = 'approve' | 'reject';

/** A change of policy that waits for a second person; nothing when none does. */
export function ProposalCard() {
  const { data } = useQuery('proposal', (client, signal) => client.GET('/v1/policy/proposal', { signal }), {
    on: ['proposal', 'policy'],
  });
  const [verb, setVerb] = useState<Verb>();
  const proposal = data?.proposal;
  if (proposal?.state !== 'pending') return null;
  const { id, kind, policyName, actor, reason, proposedAtMs, answerByMs, to } = proposal;
  const isOwn = personName.value === actor;
  const what = kind === 'apply' ? `Apply policy ${policyName}` : `Roll back to revision ${to}`;
  const act = async (why: string) => {
    const params = { path: { id } };
    const sent = await send<unknown>((client, header) =>
      client.POST(`/v1/policy/proposals/{id}/${verb ?? 'reject'}`, {
        params: { ...params, header },
        body: { reason: why },
      }),
    );
    return 'failure' in sent ? sent.failure : undefined;
  };
  return (
    <article id={id} class="panel approval" aria-labelledby="proposal">
      <header class="approval-head">
        <div>
          <h2 id="proposal">{what}</h2>
          <p class="soft small in-text">
            {id}, by {actor} <Time ms={proposedAtMs} />: {reason || 'no reason given'}. See{' '}
            <Link href="/policy">the policy</Link>
          </p>
        </div>
        <Lapse untilMs={answerByMs} />
      </header>
      <footer class="approval-foot">
        {isOwn && <p class="soft small">You asked for it: another person has to approve it.</p>}
        {may('approver', 'policy') && (
          <>
            <Button icon="cross" onClick={() => setVerb('reject')}>
              Reject
            </Button>
            <Button tone="primary" icon="check" disabled={isOwn} onClick={() => setVerb('approve')}>
              Approve
            </Button>
          </>
        )}
      </footer>
      {verb && (
        <ConfirmDialog
          title={`${verb === 'approve' ? 'Approve' : 'Reject'} ${id}`}
          verb={verb === 'approve' ? 'Approve' : 'Reject'}
          tone={verb === 'approve' ? 'primary' : 'danger'}
          act={act}
          onClose={() => setVerb(undefined)}
        >
          <p>{verb === 'approve' ? `${what}: it is carried out at once.` : 'Nothing changes.'}</p>
        </ConfirmDialog>
      )}
    </article>
  );
}
