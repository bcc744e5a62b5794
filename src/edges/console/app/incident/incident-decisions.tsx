import { useState } from 'preact/hooks';
import { AnswerDialog, type Verb } from '../decision/answer-dialog.tsx';
import { Deadline } from '../decision/deadline.tsx';
import { DecisionFacts } from '../decision/decision-facts.tsx';
import { DecisionBadge } from '../part/badge.tsx';
import { Button } from '../part/button.tsx';
import { Empty } from '../part/empty.tsx';
import { may } from '../session.ts';
import { type Decision, titleWords } from '../words.ts';

/** What was decided because of the incident, each with what can be answered to it now. */
export function IncidentDecisions({ decisions }: { decisions: readonly Decision[] }) {
  if (decisions.length === 0) return <Empty>No block came of it.</Empty>;
  return (
    <ul class="incident-decisions">
      {decisions.map((decision) => (
        <li key={decision.id}>
          <div class="evidence-head">
            <strong class="id">{decision.id}</strong>
            <DecisionBadge state={decision.state} />
            <Deadline decision={decision} />
          </div>
          <h3 class="wraps">{titleWords(decision)}</h3>
          <DecisionFacts decision={decision} />
          <Answers decision={decision} />
        </li>
      ))}
    </ul>
  );
}

const ASKED = {
  pending: ['reject', 'approve'],
  provisional: ['reject', 'approve'],
  active: ['revoke'],
} as const satisfies Partial<Record<Decision['state'], readonly Verb[]>>;

const WORDS = { approve: 'Approve', reject: 'Reject', revoke: 'Revoke' } as const;

function Answers({ decision }: { decision: Decision }) {
  const [verb, setVerb] = useState<Verb>();
  const verbs: readonly Verb[] = ASKED[decision.state as keyof typeof ASKED] ?? [];
  const allowed = verbs.filter((each) => may(each === 'revoke' ? 'operator' : 'approver', 'decisions'));
  if (allowed.length === 0) return null;
  return (
    <div class="buttons">
      {allowed.map((each) => (
        <Button
          key={each}
          tone={each === 'approve' ? 'primary' : 'plain'}
          aria-label={`${WORDS[each]} ${decision.id}`}
          onClick={() => setVerb(each)}
        >
          {WORDS[each]}
        </Button>
      ))}
      {verb && <AnswerDialog decision={decision} verb={verb} onClose={() => setVerb(undefined)} />}
    </div>
  );
}
