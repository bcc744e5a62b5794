/** A block or a quarantine by hand: the dialog that is its second click, and what came of it. */
import type { Schema } from 'penstock-client';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { send } from '../api.ts';
import type { Failure } from '../failure.ts';
import { Checkbox } from '../part/checkbox.tsx';
import { ConfirmDialog } from '../part/dialog.tsx';
import { ExactTime } from '../part/time.tsx';
import { DEFAULT_TTL_MS, TtlField } from '../part/ttl-field.tsx';

type Decision = Schema<'Decision'>;
/** As the API takes it: what stands in a decision, without what is left to its defaults. */
export type ManualTarget =
  | {
      kind: 'flow';
      host: string;
      destination: string;
      service: { protocol: number; port: number | null };
    }
  | { kind: 'destination'; prefix: string }
  | { kind: 'host'; host: string };

interface Props {
  readonly title: string;
  readonly verb: string;
  readonly target: ManualTarget;
  readonly onDone: (decision: Decision) => void;
  readonly onClose: () => void;
  /** What will happen. */
  readonly children: ComponentChildren;
}

export function ManualDecisionDialog({ title, verb, target, onDone, onClose, children }: Props) {
  const [ttlMs, setTtl] = useState(DEFAULT_TTL_MS);
  const [force, setForce] = useState(false);
  const [guardrail, setGuardrail] = useState<string>();
  const act = async (reason: string): Promise<Failure | undefined> => {
    const sent = await send((client, headers) =>
      client.POST('/v1/decisions', { headers, body: { target, ttlMs, reason, force } }),
    );
    if ('failure' in sent) {
      setGuardrail(sent.failure.guardrail);
      return sent.failure;
    }
    onDone(sent.data);
    return undefined;
  };
  return (
    <ConfirmDialog title={title} verb={verb} tone="danger" needsReason act={act} onClose={onClose}>
      {children}
      <TtlField ttlMs={ttlMs} onChange={setTtl} />
      {guardrail === OPERATORS && (
        <Checkbox isChecked={force} onChange={setForce}>
          Do it though it cuts the path of an operator
        </Checkbox>
      )}
    </ConfirmDialog>
  );
}

/** The guardrail that a person may overrule, knowing it. */
const OPERATORS = 'operators';

/** What came of it, until something else is done. */
export function DoneNote({ decision }: { decision: Decision | undefined }) {
  if (decision === undefined) return null;
  const { id, state, action, expiresAtMs, persons } = decision;
  const waits = state === 'pending' && persons === 2;
  return (
    <div class={`note ${waits ? 'tone-medium' : 'tone-ok'}`} role="status">
      <p>
        <strong>
          {id}: {action === 'block' ? 'block' : 'quarantine'} {waits ? 'proposed' : 'in force'}
        </strong>{' '}
        {waits && (
          <>
            It takes a second person: see <Link href="/approvals">Approvals</Link>.
          </>
        )}
        {!waits && expiresAtMs !== null && (
          <>
            until <ExactTime ms={expiresAtMs} />.
          </>
        )}
      </p>
    </div>
  );
}
