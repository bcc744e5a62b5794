import { Link } from 'wouter-preact';
import { Deadline } from '../decision/deadline.tsx';
import { useWaiting } from '../decision/waiting.ts';
import { DecisionBadge } from '../part/badge.tsx';
import { Empty, Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { Panel } from '../part/panel.tsx';
import { originWords, titleWords } from '../words.ts';

const SHOWN = 5;

/** What lapses first; the answers are given on the page of approvals, next to the evidence. */
export function WaitingPanel() {
  const { data, failure, isLoading, refresh } = useWaiting();
  const more = (data?.length ?? 0) - SHOWN;
  return (
    <Panel
      title="Waiting for an answer"
      flush
      aside={<Link href="/approvals">{more > 0 ? `${more} more` : 'All approvals'}</Link>}
    >
      <ErrorNote failure={failure} retry={refresh} />
      {isLoading && <Loading />}
      {data?.length === 0 && <Empty icon="check">Nothing waits.</Empty>}
      <ul class="rows">
        {data?.slice(0, SHOWN).map((decision) => (
          <li key={decision.id}>
            <Link href="/approvals" class="row">
              <span class="row-title">{titleWords(decision)}</span>
              <span class="row-badges">
                <DecisionBadge state={decision.state} />
                <Deadline decision={decision} />
              </span>
              <span class="soft small">
                {decision.id}, {originWords(decision)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
