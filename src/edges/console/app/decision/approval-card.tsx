import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useQuery } from '../api.ts';
import { Evidence } from '../incident/evidence.tsx';
import { CurrentFlows } from '../incident/flows.tsx';
import { Story } from '../incident/story.tsx';
import { DecisionBadge, SeverityBadge } from '../part/badge.tsx';
import { Button } from '../part/button.tsx';
import { formatCount, formatShare } from '../part/format.ts';
import { Icon } from '../part/icon.tsx';
import { HostLink, IncidentLink } from '../part/link.tsx';
import { Time } from '../part/time.tsx';
import { may, personName } from '../session.ts';
import { type Decision, hostOf, type Incident, originWords, titleWords } from '../words.ts';
import type { Verb } from './answer-dialog.tsx';
import { Deadline, HoldBar } from './deadline.tsx';
import { DecisionFacts } from './decision-facts.tsx';

/** One decision that waits: why, on what evidence, what it does, and the two answers. */
interface Props {
  readonly decision: Decision;
  /** The dialog is the page's: it stays open when somebody else was faster, and then says so. */
  readonly onAnswer: (verb: Verb) => void;
}

export function ApprovalCard({ decision, onAnswer }: Props) {
  const incident = useIncident(decision.incident);
  const heading = `approval-${decision.id}`;
  const card = useRef<HTMLElement>(null);
  // Answered, it goes, and must not take the focus with it.
  useLayoutEffect(() => () => leaveFocus(card.current), []);
  return (
    <article id={decision.id} class="panel approval" aria-labelledby={heading} tabIndex={-1} ref={card}>
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
        {incident ? (
          <div>
            <Story incident={incident} />
            <Numbers incident={incident} />
          </div>
        ) : (
          <p>{decision.reason}</p>
        )}
        <DecisionFacts decision={decision} />
      </div>
      {incident && <Details decision={decision} incident={incident} />}
      <Answers decision={decision} onAnswer={onAnswer} />
    </article>
  );
}

function leaveFocus(card: HTMLElement | null): void {
  if (card?.contains(document.activeElement)) document.querySelector('h1')?.focus();
}

/** `100 % sure · 21 times since 1 h 27 min ago · web` */
function Numbers({ incident: { score, count, firstSeenMs, groups } }: { incident: Incident }) {
  return (
    <p class="numbers faint small">
      {formatShare(score)} sure · {count === 1 ? 'once' : `${formatCount(count)} times`}, first{' '}
      <Time ms={firstSeenMs} />
      {groups.length > 0 && ` · host group ${groups.join(', ')}`}
    </p>
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
        <Icon name="chevron" size={14} />
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

function Answers({ decision, onAnswer }: Props) {
  if (!may('approver', 'decisions')) {
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
      <Button icon="cross" aria-label={`Reject ${decision.id}`} onClick={() => onAnswer('reject')}>
        Reject
      </Button>
      <Button
        tone="primary"
        icon="check"
        aria-label={`Approve ${decision.id}`}
        disabled={hasApproved}
        onClick={() => onAnswer('approve')}
      >
        Approve
      </Button>
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
