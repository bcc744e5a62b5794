/** Standing flows, as they are now. */
import type { Client, Schema } from 'penstock-client';
import { useMemo, useState } from 'preact/hooks';
import { now } from '../clock.ts';
import { Button } from '../part/button.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { formatCount, formatSpan } from '../part/format.ts';
import { Page } from '../part/page.tsx';
import { type ListPage, usePages } from '../part/pages.ts';
import { useSearchState } from '../part/search-state.ts';
import { BlockDialog } from './flows-block.tsx';
import { type FlowFilter, faultOf, filterOf, flowKey, queryOf, searchOf } from './flows-filter.ts';
import { FlowFilters } from './flows-filters.tsx';
import { FlowTable } from './flows-table.tsx';
import { DoneNote } from './host-manual-decision.tsx';
import '../style/flows.css';

type Flow = Schema<'Flow'>;

const EVERY_MS = 3_000;
/** Some screens; asked again every few seconds. */
const FIRST_ROWS = 300;
/** Of the pages behind it, for who scrolls far. */
const FURTHER_ROWS = 2_500;
/** Flows are fetched further before the end of the list is reached. */
const AHEAD_ROWS = 150;
/** What is scrolled less than this counts as the top. */
const TOP_ROWS = 3;

export default function FlowsPage() {
  const { typed, asked, change } = useSearchState(filterOf, searchOf);
  const [isPaused, setPaused] = useState(false);
  const [isDown, setDown] = useState(false);
  const [blocking, setBlocking] = useState<Flow>();
  const [done, setDone] = useState<Schema<'Decision'>>();
  const isHeld = isPaused || isDown || blocking !== undefined;
  const fault = faultOf(typed);
  const pages = useFlows(asked, isHeld);
  const standing = pages.first?.standing;
  const onRange = (firstRow: number, lastRow: number) => {
    setDown(firstRow > TOP_ROWS);
    if (lastRow > pages.rows.length - AHEAD_ROWS) pages.loadMore();
  };

  return (
    <Page
      title="Flows"
      lead={
        standing === undefined
          ? 'Standing connections'
          : standing === 1
            ? '1 stands now'
            : `${formatCount(standing)} stand now`
      }
      actions={
        <Button aria-pressed={isPaused} onClick={() => setPaused((before) => !before)}>
          {isPaused ? 'Go on' : 'Pause'}
        </Button>
      }
    >
      <FlowFilters filter={typed} onChange={change} />
      {fault !== undefined && <p class="note tone-medium">{fault}</p>}
      <ErrorNote failure={pages.failure} retry={pages.refresh} />
      <DoneNote decision={done} />
      <Freshness
        isPaused={isPaused}
        isHeld={isHeld}
        first={pages.first}
        shown={pages.rows.length}
        more={pages.hasMore}
      />
      <FlowTable
        // Another question begins at its top.
        key={searchOf(asked)}
        flows={pages.rows}
        isLoading={pages.isLoading}
        byStart={asked.sort === 'started'}
        onRange={onRange}
        onBlock={setBlocking}
      />
      {blocking && <BlockDialog flow={blocking} onDone={setDone} onClose={() => setBlocking(undefined)} />}
    </Page>
  );
}

interface FreshnessProps {
  readonly isPaused: boolean;
  readonly isHeld: boolean;
  /** The answer that is shown: it came when it was first seen here. */
  readonly first: unknown;
  readonly shown: number;
  readonly more: boolean;
}

/** Whether what is seen still moves, and why not. */
function Freshness({ isPaused, isHeld, first, shown, more }: FreshnessProps) {
  const atMs = useMemo(() => now.peek(), [first]);
  const count = `${formatCount(shown)}${more ? '+' : ''} shown`;
  const age = formatSpan(now.value - atMs);
  if (isPaused) return <p class="flows-state">{`${count}. Paused: as it was ${age} ago.`}</p>;
  if (isHeld) {
    return <p class="flows-state">{`${count}. Held while you look further down: as it was ${age} ago.`}</p>;
  }
  return <p class="flows-state">{`${count}, asked again every ${EVERY_MS / 1_000} seconds.`}</p>;
}

function useFlows(filter: FlowFilter, isHeld: boolean) {
  const asked = queryOf(filter);
  const key = `flows ${JSON.stringify(asked)}`;
  const load = (client: Client, after: string | undefined, signal: AbortSignal) => {
    const query = {
      ...asked,
      ...(after === undefined ? { limit: FIRST_ROWS } : { limit: FURTHER_ROWS, after }),
    };
    return client.GET('/v1/flows', { params: { query }, signal });
  };
  return usePages(key, load, { everyMs: EVERY_MS, isHeld, pageOf, keyOf: flowKey });
}

function pageOf({ flows, next }: { flows: readonly Flow[]; next: string | null }): ListPage<Flow> {
  return { rows: flows, next };
}
