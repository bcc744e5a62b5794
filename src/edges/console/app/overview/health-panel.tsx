import type { Schema } from 'penstock-client';
import { useState } from 'preact/hooks';
import { send } from '../api.ts';
import { now } from '../clock.ts';
import { Badge } from '../part/badge.tsx';
import { Button } from '../part/button.tsx';
import { ConfirmDialog } from '../part/dialog.tsx';
import { Panel } from '../part/panel.tsx';
import { may } from '../session.ts';
import { checksOf } from './health.ts';

export function HealthPanel({ status }: { status: Schema<'Status'> }) {
  return (
    <Panel title="Health" flush aside={`version ${status.version}`}>
      <ul class="checks">
        {checksOf(status, now.value).map(({ name, tone, word, words }) => (
          <li key={name}>
            <span class="check-name">{name}</span>
            <Badge tone={tone} dot>
              {word}
            </Badge>
            <span class="check-words soft small">{words}</span>
          </li>
        ))}
      </ul>
      <Breaker isOpen={status.breaker.state === 'open'} />
    </Panel>
  );
}

/** To stop automation is less of a risk than to let it act: that takes a higher role. */
function Breaker({ isOpen }: { isOpen: boolean }) {
  const [isAsking, setAsking] = useState(false);
  if (!may(isOpen ? 'approver' : 'operator', 'breaker')) return null;
  const words = isOpen ? 'Let automation act' : 'Stop automation';
  const act = async (reason: string) => {
    const verb = isOpen ? 'close' : 'open';
    const sent = await send<unknown>((client, header) =>
      client.POST(`/v1/breaker/${verb}`, { params: { header }, body: { reason } }),
    );
    return 'failure' in sent ? sent.failure : undefined;
  };
  return (
    <div class="panel-foot">
      <Button tone={isOpen ? 'primary' : 'plain'} onClick={() => setAsking(true)}>
        {words}…
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={words}
          verb={words}
          tone={isOpen ? 'danger' : 'primary'}
          needsReason
          act={act}
          onClose={() => setAsking(false)}
        >
          <p>
            {isOpen
              ? 'From then on Penstock acts by itself again, upon all that stands then.'
              : 'From then on Penstock only alerts, until somebody lets it act again. What is blocked stays blocked.'}
          </p>
        </ConfirmDialog>
      )}
    </div>
  );
}
