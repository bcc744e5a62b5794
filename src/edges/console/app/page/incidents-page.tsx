import '../style/incidents.css';
import { useState } from 'preact/hooks';
import { type IncidentFilter, useIncidents } from '../incident/incident-list.ts';
import { IncidentTable } from '../incident/incident-table.tsx';
import { Suppressions } from '../incident/suppressions.tsx';
import { Button } from '../part/button.tsx';
import { Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { Search, Select } from '../part/field.tsx';
import { formatCount, formatWords } from '../part/format.ts';
import { Page } from '../part/page.tsx';
import { Tabs, useView } from '../part/tabs.tsx';
import { status } from '../status.ts';

const STATES = [
  { value: 'open', words: 'Open' },
  { value: 'closed', words: 'Closed' },
  { value: 'all', words: 'Open and closed' },
] as const;
const SEVERITIES = [
  { value: 'all', words: 'Any' },
  { value: 'critical', words: 'Critical' },
  { value: 'high', words: 'High' },
  { value: 'medium', words: 'Medium' },
  { value: 'low', words: 'Low' },
] as const;
const DETECTORS = [
  ...(['policyViolation', 'denyList', 'limit', 'scan', 'failedConnections', 'beacon', 'volume'] as const),
  ...([
    'oddHours',
    'newDestination',
    'longConnection',
    'dnsTunnel',
    'icmpTunnel',
    'fanOut',
    'outlier',
  ] as const),
];
const DETECTOR_OPTIONS = [
  { value: 'all' as const, words: 'Any' },
  ...DETECTORS.map((value) => ({ value, words: formatWords(value) })),
];

interface Choice {
  readonly state: (typeof STATES)[number]['value'];
  readonly severity: (typeof SEVERITIES)[number]['value'];
  readonly detector: (typeof DETECTORS)[number] | 'all';
  readonly host: string;
}

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
  const [choice, setChoice] = useState<Choice>({ state: 'open', severity: 'all', detector: 'all', host: '' });
  const [isHeld, setHeld] = useState(false);
  const list = useIncidents(filterOf(choice), isHeld);
  const change = (changes: Partial<Choice>) => setChoice((before) => ({ ...before, ...changes }));
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
          options={DETECTOR_OPTIONS}
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

/** An address that is still being typed asks for nothing yet. */
function filterOf({ state, severity, detector, host }: Choice): IncidentFilter {
  const address = host.trim();
  return {
    ...(state !== 'all' && { state }),
    ...(severity !== 'all' && { severity }),
    ...(detector !== 'all' && { detector }),
    ...(isAddress(address) && { host: address }),
  };
}

function isAddress(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) || /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text);
}
