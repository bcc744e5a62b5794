/** Blocking what a flow goes to, from the list of flows. */
import type { Schema } from 'penstock-client';
import { useState } from 'preact/hooks';
import { Select } from '../part/field.tsx';
import { formatService } from '../part/format.ts';
import { serviceOf } from './flows-filter.ts';
import { ManualDecisionDialog, type ManualTarget } from './host-manual-decision.tsx';

interface Props {
  readonly flow: Schema<'Flow'>;
  readonly onDone: (decision: Schema<'Decision'>) => void;
  readonly onClose: () => void;
}

type Scope = 'destination' | 'flow';

export function BlockDialog({ flow, onDone, onClose }: Props) {
  const [scope, setScope] = useState<Scope>('destination');
  const { host, destination } = flow;
  const service = serviceOf(flow);
  const target: ManualTarget =
    scope === 'flow'
      ? { kind: 'flow', host, destination, service }
      : { kind: 'destination', prefix: destination };
  return (
    <ManualDecisionDialog
      title={`Block ${destination}?`}
      verb="Block"
      target={target}
      onDone={onDone}
      onClose={onClose}
    >
      <Select<Scope>
        label="What is blocked"
        value={scope}
        options={[
          { value: 'destination', words: `All hosts to ${destination}` },
          { value: 'flow', words: `${host} to ${destination}, ${formatService(service)}` },
        ]}
        onChange={setScope}
      />
      <p>Standing connections that it covers are cut at once. It can be lifted before its time is over.</p>
    </ManualDecisionDialog>
  );
}
