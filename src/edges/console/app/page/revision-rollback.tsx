import { useState } from 'preact/hooks';
import { send } from '../api.ts';
import { Checkbox } from '../part/checkbox.tsx';
import { ConfirmDialog } from '../part/dialog.tsx';
import { Select } from '../part/field.tsx';
import { announce } from '../part/live-region.tsx';
import { status } from '../status.ts';
import { RevisionDifference } from './revision-difference.tsx';
import { TRIALS, type Trial } from './trial-choice.ts';

interface Props {
  /** What it is to be as it was. */
  readonly to: number;
  /** The newest revision. */
  readonly latest: number;
  readonly onClose: () => void;
}

/** The second click, with what it would change before the eyes. */
export function RollbackDialog({ to, latest, onClose }: Props) {
  const [isRefused, setRefused] = useState(false);
  const [force, setForce] = useState(false);
  const [confirmWithin, setConfirmWithin] = useState<Trial>('');
  // While a change waits to be confirmed, going back takes that back, and is not tried itself.
  const mayTry = status.value?.trial == null;
  const act = async (reason: string) => {
    const sent = await send((client, headers) =>
      client.POST('/v1/rollback', {
        headers,
        body: { to, reason, force, ...(mayTry && confirmWithin !== '' && { confirmWithin }) },
      }),
    );
    if ('failure' in sent) {
      setRefused(sent.failure.guardrail === 'operators');
      return sent.failure;
    }
    const { proposal, revision } = sent.data;
    announce(proposal ? 'Proposed: it takes a second person' : `Revision ${revision} is in force`);
    return undefined;
  };
  return (
    <ConfirmDialog
      title={`Roll back to revision ${to}?`}
      verb="Roll back"
      tone="danger"
      act={act}
      onClose={onClose}
    >
      <p>
        Policy and standing decisions become those of revision {to}, as a new revision. Against revision{' '}
        {latest}, this changes:
      </p>
      <div class="rollback-difference">
        <RevisionDifference from={latest} to={to} />
      </div>
      {mayTry && <Select label="Trial" value={confirmWithin} options={TRIALS} onChange={setConfirmWithin} />}
      {isRefused && (
        <Checkbox isChecked={force} onChange={setForce}>
          Force it though it cuts the path of an operator
        </Checkbox>
      )}
    </ConfirmDialog>
  );
}
