/** Every change of policy or decisions is a revision; any two can be compared, any can be gone back to. */
import type { Client } from 'penstock-client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { ProposalCard } from '../decision/proposal-card.tsx';
import { Badge } from '../part/badge.tsx';
import { Button } from '../part/button.tsx';
import { Empty, Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { Search } from '../part/field.tsx';
import { useLines } from '../part/narrow.ts';
import { Page } from '../part/page.tsx';
import { usePages } from '../part/pages.ts';
import { Panel } from '../part/panel.tsx';
import { useSearchState } from '../part/search-state.ts';
import { Time } from '../part/time.tsx';
import { type VirtualColumn, VirtualTable } from '../part/virtual-table.tsx';
import { may } from '../session.ts';
import { RevisionDifference } from './revision-difference.tsx';
import { kindWords, pairOf, type Revision, searchOfPair, trialWords } from './revision-facts.ts';
import { RollbackDialog } from './revision-rollback.tsx';
import { RevisionTrial } from './revision-trial.tsx';
import '../style/approvals.css';
import '../style/policy.css';

const PAGE_ROWS = 100;
const AHEAD_ROWS = 30;
const TOP_ROWS = 3;

export default function RevisionsPage() {
  const { typed, asked, change } = useSearchState(pairOf, searchOfPair);
  const [isDown, setDown] = useState(false);
  const [rollingBack, setRollingBack] = useState<number>();
  const pages = useRevisions(isDown);
  const latest = pages.rows[0]?.number;
  const isNarrow = useLines();
  const [from, to] = [Number(asked.from), Number(asked.to) || latest];
  const onRange = (first: number, last: number) => {
    setDown(first > TOP_ROWS);
    if (last > pages.rows.length - AHEAD_ROWS) pages.loadMore();
  };
  const comparison = useRef<HTMLDivElement>(null);
  useEffect(() => comparison.current?.scrollIntoView({ block: 'nearest' }), [from, to]);
  const act = {
    latest,
    onRollback: setRollingBack,
    onCompare: (number: number) => change({ from: String(number), to: typed.to }),
  };
  return (
    <Page
      title="Revisions"
      lead={latest === undefined ? undefined : `${latest} so far; nothing is rewritten`}
    >
      <RevisionTrial />
      <ProposalCard />
      <search class="toolbar revision-pair">
        <Search
          label="Compare revision"
          value={typed.from}
          placeholder="from"
          onInput={(text) => change({ ...typed, from: text })}
        />
        <Search
          label="with"
          value={typed.to}
          placeholder="the latest"
          onInput={(text) => change({ ...typed, to: text })}
        />
      </search>
      <div ref={comparison} hidden={!(from > 0)}>
        {from > 0 && to !== undefined && (
          <Panel
            title={`From revision ${from} to ${to}`}
            aside={
              <Button
                tone="quiet"
                icon="cross"
                aria-label="Close the comparison"
                onClick={() => change({ from: '', to: '' })}
              />
            }
          >
            <RevisionDifference from={from} to={to} />
          </Panel>
        )}
      </div>
      <ErrorNote failure={pages.failure} retry={pages.refresh} />
      {pages.isLoading && <Loading lines={8} />}
      {!pages.isLoading && (
        <VirtualTable
          label="Revisions"
          columns={isNarrow ? narrowColumns(act) : wideColumns(act)}
          rows={pages.rows}
          keyOf={({ number }) => number}
          rowHeight={isNarrow ? 104 : 44}
          onRange={onRange}
          empty={<Empty icon="revisions">There is no revision yet.</Empty>}
        />
      )}
      {rollingBack !== undefined && latest !== undefined && (
        <RollbackDialog to={rollingBack} latest={latest} onClose={() => setRollingBack(undefined)} />
      )}
    </Page>
  );
}

function useRevisions(isHeld: boolean) {
  const load = (client: Client, before: string | undefined, signal: AbortSignal) => {
    const query = { limit: PAGE_ROWS, ...(before !== undefined && { before: Number(before) }) };
    return client.GET('/v1/revisions', { params: { query }, signal });
  };
  return usePages('revisions', load, {
    on: ['revision', 'trial', 'policy'],
    isHeld,
    pageOf: ({ items, next }: { items: readonly Revision[]; next: string | null }) => ({ rows: items, next }),
    keyOf: ({ number }: Revision) => number,
  });
}

interface Acts {
  readonly latest: number | undefined;
  readonly onCompare: (number: number) => void;
  readonly onRollback: (number: number) => void;
}

function wideColumns(acts: Acts): VirtualColumn<Revision>[] {
  return [
    {
      title: 'Revision',
      width: '4.5rem',
      cell: ({ number }) => <Link href={`/revisions/${number}`}>{number}</Link>,
    },
    { title: 'When', width: '6.5rem', cell: ({ atMs }) => <Time ms={atMs} /> },
    { title: 'What', width: '6.5rem', cell: (revision) => kindWords(revision) },
    { title: 'Who', width: 'minmax(5rem, 1fr)', cell: ({ actor }) => actor },
    {
      title: 'Why',
      width: 'minmax(5.5rem, 2fr)',
      cell: ({ reason }) => <span title={reason}>{reason || '–'}</span>,
    },
    {
      title: 'Trial',
      width: 'minmax(9rem, 1.5fr)',
      isMinor: true,
      cell: (revision) => <TrialBadge revision={revision} />,
    },
    {
      title: 'Act',
      width: may('admin', 'revisions') ? '13rem' : '5.5rem',
      cell: (revision) => <RowActs revision={revision} {...acts} />,
    },
  ];
}

/** Three lines each, where columns have no room. */
function narrowColumns(acts: Acts): VirtualColumn<Revision>[] {
  const lines = (revision: Revision) => (
    <span class="revision-lines">
      <span>
        <Link href={`/revisions/${revision.number}`}>{revision.number}</Link> {kindWords(revision)} by{' '}
        {revision.actor}, <Time ms={revision.atMs} />
      </span>
      <span>{trialWords(revision) ? <TrialBadge revision={revision} /> : revision.reason || '–'}</span>
      <RowActs revision={revision} {...acts} />
    </span>
  );
  return [{ title: 'Revision', width: 'minmax(0, 1fr)', cell: lines }];
}

function TrialBadge({ revision }: { revision: Revision }) {
  const words = trialWords(revision);
  return words && <Badge tone={words.tone}>{words.words}</Badge>;
}

function RowActs({ revision: { number }, latest, onCompare, onRollback }: Acts & { revision: Revision }) {
  if (number === latest) return <span class="field-hint">in force</span>;
  return (
    <span class="revision-acts">
      <Button
        tone="quiet"
        aria-label={`Compare revision ${number} with the latest`}
        onClick={() => onCompare(number)}
      >
        Compare
      </Button>
      {may('admin', 'revisions') && (
        <Button
          tone="quiet"
          aria-label={`Roll back to revision ${number}`}
          onClick={() => onRollback(number)}
        >
          Roll back…
        </Button>
      )}
    </span>
  );
}
