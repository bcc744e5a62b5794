import { useState } from 'preact/hooks';
import { send } from '../api.ts';
import type { Failure } from '../failure.ts';
import { ConfirmDialog } from '../part/dialog.tsx';
import { Select } from '../part/field.tsx';
import { announce } from '../part/live-region.tsx';
import { may } from '../session.ts';
import { type Incident, isPolicyCause } from '../words.ts';

const DAY_MS = 86_400_000;
const SPANS = [
  { value: 'none', words: 'Report it again', ms: null },
  { value: 'day', words: 'Not for 1 day', ms: DAY_MS },
  { value: 'week', words: 'Not for 7 days', ms: 7 * DAY_MS },
  { value: 'month', words: 'Not for 30 days', ms: 30 * DAY_MS },
  { value: 'quarter', words: 'Not for 90 days', ms: 90 * DAY_MS },
] as const;
type Span = (typeof SPANS)[number]['value'];
type Verdict = 'resolved' | 'false';

/** What somebody thinks of it, and whether the same is to be heard of again. */
export function CloseDialog({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const [verdict, setVerdict] = useState<Verdict>('resolved');
  const mayTeach = may('approver', 'incidents') && !isPolicyCause(incident.cause);
  const [span, setSpan] = useState<Span>('month');
  const suppressForMs = mayTeach ? (SPANS.find(({ value }) => value === span)?.ms ?? null) : null;

  const act = async (reason: string): Promise<Failure | undefined> => {
    const { id } = incident;
    const body = { reason, verdict, ...(verdict === 'false' && { suppressForMs }) };
    const sent = await send((client, header) =>
      client.POST('/v1/incidents/{id}/close', { params: { path: { id }, header }, body }),
    );
    if ('failure' in sent) return sent.failure;
    const { suppressions, note } = sent.data;
    const lesson =
      suppressions.length > 0 ? ` Suppressed: ${suppressions.map((one) => one.id).join(', ')}.` : '';
    announce(`${id} is closed.${lesson}${note === null ? '' : ` ${note}`}`);
    return undefined;
  };

  return (
    <ConfirmDialog
      title={`Close ${incident.id}`}
      verb="Close incident"
      needsReason={verdict === 'false'}
      act={act}
      onClose={onClose}
    >
      <fieldset class="choices">
        <legend class="visually-hidden">What it was</legend>
        <Choice
          value="resolved"
          current={verdict}
          onChoose={setVerdict}
          words="It was real"
          hint="Dealt with, or being dealt with elsewhere."
        />
        <Choice
          value="false"
          current={verdict}
          onChoose={setVerdict}
          words="False: it never was an incident"
          hint="It counts as a false alarm in reports."
        />
      </fieldset>
      {verdict === 'false' && mayTeach && (
        <Select label="The same evidence later" value={span} options={SPANS} onChange={setSpan} />
      )}
    </ConfirmDialog>
  );
}

interface ChoiceProps {
  readonly value: Verdict;
  readonly current: Verdict;
  readonly onChoose: (verdict: Verdict) => void;
  readonly words: string;
  readonly hint: string;
}

function Choice({ value, current, onChoose, words, hint }: ChoiceProps) {
  return (
    <label class="check">
      <input
        type="radio"
        name="verdict"
        value={value}
        checked={value === current}
        onChange={() => onChoose(value)}
      />
      <span>
        {words}
        <span class="field-hint block">{hint}</span>
      </span>
    </label>
  );
}
