/** A policy that is taken back by itself unless somebody confirms it: told on every page that is about policies. */
import type { Schema } from 'penstock-client';
import { useState } from 'preact/hooks';
import { send } from '../api.ts';
import { Button } from '../part/button.tsx';
import { ConfirmDialog } from '../part/dialog.tsx';
import { Countdown } from '../part/time.tsx';
import { may } from '../session.ts';
import { status } from '../status.ts';

export function RevisionTrial() {
  const [isTakingBack, setTakingBack] = useState(false);
  const [isConfirming, setConfirming] = useState(false);
  const trial = status.value?.trial;
  if (!trial) return null;
  return (
    <div class="note tone-medium revision-trial" role="status">
      <div>
        <strong>
          Revision {trial.revision} is taken back in <Countdown untilMs={trial.confirmByMs} /> unless it is
          confirmed
        </strong>
        <p>
          {trial.actor} put {trial.policyName} in force for a trial; then revision {trial.restoreTo} stands
          again.
        </p>
      </div>
      {may('admin', 'revisions') && (
        <div class="toolbar">
          <Button onClick={() => setTakingBack(true)}>Take back…</Button>
          <Button tone="primary" icon="check" onClick={() => setConfirming(true)}>
            Confirm…
          </Button>
        </div>
      )}
      {isConfirming && <ConfirmTrial trial={trial} onClose={() => setConfirming(false)} />}
      {isTakingBack && <TakeBack trial={trial} onClose={() => setTakingBack(false)} />}
    </div>
  );
}

interface Props {
  readonly trial: Schema<'TrialStatus'>;
  readonly onClose: () => void;
}

function ConfirmTrial({ trial: { revision }, onClose }: Props) {
  const act = async (reason: string) => {
    const sent = await send((client, headers) =>
      client.POST('/v1/revisions/{number}/confirm', {
        headers,
        params: { path: { number: revision } },
        body: { reason },
      }),
    );
    return 'failure' in sent ? sent.failure : undefined;
  };
  return (
    <ConfirmDialog title={`Confirm revision ${revision}?`} verb="Confirm" act={act} onClose={onClose}>
      <p>The policy stays in force.</p>
    </ConfirmDialog>
  );
}

function TakeBack({ trial: { revision, restoreTo }, onClose }: Props) {
  const act = async (reason: string) => {
    const sent = await send((client, headers) =>
      client.POST('/v1/rollback', { headers, body: { to: restoreTo, reason } }),
    );
    return 'failure' in sent ? sent.failure : undefined;
  };
  return (
    <ConfirmDialog
      title={`Take back revision ${revision}?`}
      verb="Take back"
      tone="danger"
      act={act}
      onClose={onClose}
    >
      <p>Policy and standing decisions become those of revision {restoreTo} at once, as a new revision.</p>
    </ConfirmDialog>
  );
}
