import '../style/incidents.css';
import { useState } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import {
  type Choice,
  choiceIn,
  DETECTORS,
  filterOf,
  SEVERITIES,
  STATES,
  searchOf,
} from '../incident/incident-filter.ts';
import { useIncidents } from '../incident/incident-list.ts';
import { IncidentTable } from '../incident/incident-table.tsx';
import { Suppressions } from '../incident/suppressions.tsx';
import { Button } from '../part/button.tsx';
import { Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { Search, Select } from '../part/field.tsx';
import { formatCount } from '../part/format.ts';
import { Page } from '../part/page.tsx';
import { Tabs, useView } from '../part/tabs.tsx';
import { status } from '../status.ts';

export default function IncidentsPage() {
  const view = useView(['list', 'suppressions']);
  const tabs = [
    { view: 'list', words: 'Incidents' },
    { view: 'suppressions', words: 'Suppressions', count: status.value?.activeSuppressions },
  ] as const;
  const open = status.value?.openIncidents;
  return (
    <Page title="Incidents" lead={open !== undefined && `${formatCount(open)} open`}>
      <Tabs label="Incidents" path="/incidents" current={view} tabs={tabs} />
      {view === 'list' ? <List /> : <Suppressions />}
    </Page>
  );
}

function List() {
  const [search, setSearch] = useSearchParams();
  const choice = choiceIn(search);
  const [isHeld, setHeld] = useState(false);
  const list = useIncidents(filterOf(choice), isHeld);
  const change = (changes: Partial<Choice>) =>
    setSearch(searchOf({ ...choice, ...changes }), { replace: true });
  const onRange = (first: number, last: number) => {
    setHeld(first > 0);
    if (list.hasMore && last >= list.incidents.length - 40) list.loadMore();
  };
  return (
    <>
      <search class="toolbar">
        <Select label="State" value={choice.state} options={STATES} onChange={(state) => change({ state })} />
        <Select
          label="Severity"
          value={choice.severity}
          options={SEVERITIES}
          onChange={(severity) => change({ severity })}
        />
        <Select
          label="Detector"
          value={choice.detector}
          options={DETECTORS}
          onChange={(detector) => change({ detector })}
        />
        <Search
          label="Host"
          value={choice.host}
          placeholder="Whole address, such as 10.1.0.10"
          onInput={(host) => change({ host })}
        />
      </search>
      <ErrorNote failure={list.failure} />
      <div class="list-state" role="status">
        {list.heldCount > 0 && (
          <Button tone="primary" onClick={list.showHeld}>
            Show {list.heldCount} new
          </Button>
        )}
      </div>
      {list.isLoading ? (
        <Loading lines={10} />
      ) : (
        <IncidentTable incidents={list.incidents} onRange={onRange} />
      )}
      <p class="faint small">
        {formatCount(list.incidents.length)}
        {list.hasMore ? ' so far; more come as you scroll' : ' in all'}
      </p>
    </>
  );
}
