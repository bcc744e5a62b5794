import { useState } from 'preact/hooks';
import { useQuery } from '../api.ts';
import { Evidence } from '../incident/evidence.tsx';
import { CurrentFlows } from '../incident/flows.tsx';
import { Story } from '../incident/story.tsx';
import { DecisionBadge, SeverityBadge } from '../part/badge.tsx';
import { Button } from '../part/button.tsx';
import { HostLink, IncidentLink } from '../part/link.tsx';
import { Time } from '../part/time.tsx';
import { may, personName } from '../session.ts';
import { type Decision, hostOf, type Incident, originWords, titleWords } from '../words.ts';
import { AnswerDialog, type Verb } from './answer-dialog.tsx';
import { Deadline, HoldBar } from './deadline.tsx';
import { DecisionFacts } from './decision-facts.tsx';

/** One decision that waits: why, on what evidence, what it does, and the two answers. */
export function ApprovalCard({ decision }: { decision: Decision }) {
  const incident = useIncident(decision.incident);
  const heading = `approval-${decision.id}`;
  return (
    <article class="panel approval" aria-labelledby={heading}>
      <HoldBar decision={decision} />
      <header class="approval-head">
        <div>
          <h2 id={heading}>{titleWords(decision)}</h2>
          <p class="soft small in-text">
            {decision.id}, {originWords(decision)} <Time ms={decision.createdAtMs} />
            {decision.incident !== null && (
              <>
                {' · incident '}
                <IncidentLink id={decision.incident} />
              </>
            )}
          </p>
        </div>
        <div class="approval-badges">
          {incident && <SeverityBadge severity={incident.severity} />}
          <DecisionBadge state={decision.state} />
          <Deadline decision={decision} />
        </div>
      </header>
      <div class="approval-body">
        {incident ? <Story incident={incident} /> : <p>{decision.reason}</p>}
        <DecisionFacts decision={decision} />
      </div>
      {incident && <Details decision={decision} incident={incident} />}
      <Answers decision={decision} />
    </article>
  );
}

/** Behind a click, so that several decisions fit a screen. */
function Details({ decision, incident }: { decision: Decision; incident: Incident }) {
  const [isOpen, setOpen] = useState(false);
  const host = hostOf(decision) ?? incident.host;
  const destination = decision.target.kind === 'flow' ? decision.target.destination : incident.destination;
  return (
    <details class="approval-details" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Evidence{incident.evidence.length > 0 && ` (${incident.evidence.length})`} and flows at this moment
      </summary>
      {isOpen && (
        <div class="approval-evidence">
          {incident.evidence.length > 0 ? (
            <Evidence incident={incident} />
          ) : (
            incident.story !== null || <p class="soft">The policy itself says so; there is no more to it.</p>
          )}
          <h3>
            Flows of <HostLink host={host} />
            {destination !== null && (
              <>
                {' to '}
                <span class="address">{destination}</span>
              </>
            )}
          </h3>
          <CurrentFlows host={host} destination={destination} />
        </div>
      )}
    </details>
  );
}

function Answers({ decision }: { decision: Decision }) {
  const [verb, setVerb] = useState<Verb>();
  if (!may('approver')) {
    return (
      <footer class="approval-foot">
        <p class="soft small">Approvers answer this; your token only looks on.</p>
      </footer>
    );
  }
  const hasApproved = decision.answers.some(
    ({ verb: given, actor }) => given === 'approve' && actor === personName.value,
  );
  return (
    <footer class="approval-foot">
      {hasApproved && <p class="soft small">You have approved it: another person has to as well.</p>}
      <Button icon="cross" aria-label={`Reject ${decision.id}`} onClick={() => setVerb('reject')}>
        Reject
      </Button>
      <Button
        tone="danger"
        icon="check"
        aria-label={`Approve ${decision.id}`}
        disabled={hasApproved}
        onClick={() => setVerb('approve')}
      >
        Approve
      </Button>
      {verb && <AnswerDialog decision={decision} verb={verb} onClose={() => setVerb(undefined)} />}
    </footer>
  );
}

function useIncident(id: string | null): Incident | undefined {
  const { data } = useQuery(
    id === null ? null : `incident ${id}`,
    (client, signal) => client.GET('/v1/incidents/{id}', { params: { path: { id: id ?? '' } }, signal }),
    { on: ['incident'] },
  );
  return data;
}
