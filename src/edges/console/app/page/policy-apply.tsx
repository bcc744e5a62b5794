import type { Schema } from 'penstock-client';
import { useState } from 'preact/hooks';
import { send } from '../api.ts';
import { Button } from '../part/button.tsx';
import { Checkbox } from '../part/checkbox.tsx';
import { ConfirmDialog } from '../part/dialog.tsx';
import { Select } from '../part/field.tsx';
import { announce } from '../part/live-region.tsx';
import type { Draft } from './policy-facts.ts';
import { TRIALS, type Trial } from './trial-choice.ts';

interface Props {
  readonly draft: Draft;
  /** Digest of the policy that the draft was made from. */
  readonly basedOn: string;
  readonly plan: Schema<'PolicyPlan'> | null;
  readonly onApplied: () => void;
}

export function PolicyApply({ draft, basedOn, plan, onApplied }: Props) {
  const [isAsking, setAsking] = useState(false);
  const [confirmWithin, setConfirmWithin] = useState<Trial>('5m');
  const [force, setForce] = useState(false);
  const cutsOperators = (plan?.cutsOperators.length ?? 0) > 0;

  const act = async (reason: string) => {
    const sent = await send((client, headers) =>
      client.PUT('/v1/policy', {
        headers: { ...headers, 'If-Match': `"${basedOn}"` },
        body: { ...draft, reason, force, ...(confirmWithin !== '' && { confirmWithin }) },
      }),
    );
    if ('failure' in sent) return sent.failure;
    announce(
      sent.data.proposal
        ? 'Proposed: it takes a second person'
        : `Revision ${sent.data.revision} is in force`,
    );
    onApplied();
    return undefined;
  };

  return (
    <div class="toolbar policy-apply">
      <Select label="Trial" value={confirmWithin} options={TRIALS} onChange={setConfirmWithin} />
      {cutsOperators && (
        <Checkbox isChecked={force} onChange={setForce}>
          Force it though it cuts the path of an operator
        </Checkbox>
      )}
      <Button tone="primary" disabled={cutsOperators && !force} onClick={() => setAsking(true)}>
        Apply…
      </Button>
      {isAsking && (
        <ConfirmDialog
          title="Put this policy in force?"
          verb="Apply"
          act={act}
          onClose={() => setAsking(false)}
        >
          <p>
            {plan && plan.cuts.count > 0
              ? `${plan.cuts.count} standing connections will be cut.`
              : 'No standing connection will be cut.'}{' '}
            {TRIALS.find(({ value }) => value === confirmWithin)?.words}.
          </p>
        </ConfirmDialog>
      )}
    </div>
  );
}
