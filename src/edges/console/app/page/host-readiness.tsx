import type { Schema } from 'penstock-client';
import { Badge, type Tone } from '../part/badge.tsx';
import { formatWords } from '../part/format.ts';
import { Panel } from '../part/panel.tsx';
import { Table } from '../part/table.tsx';

type Readiness = Schema<'Readiness'>;

const TONES: Readonly<Record<Readiness['state'], Tone>> = {
  ready: 'ok',
  warming: 'medium',
  abstaining: 'neutral',
  off: 'neutral',
};

/** Which detectors can say something of this host, and what the others wait for. */
export function HostReadiness({ detectors }: { detectors: readonly Readiness[] }) {
  const ready = detectors.filter(({ state }) => state === 'ready').length;
  return (
    <Panel title="Detectors" aside={`${ready} of ${detectors.length} ready`} flush>
      <Table
        caption="Detectors and whether they are ready for this host"
        rows={detectors}
        keyOf={({ name }) => name}
        columns={[
          { title: 'Detector', cell: ({ name }) => formatWords(name) },
          { title: 'State', cell: ({ state }) => <Badge tone={TONES[state]}>{state}</Badge> },
          { title: 'Watched', cell: (readiness) => <Hours readiness={readiness} />, isMinor: true },
          { title: 'What it goes by', cell: ({ words }) => <span class="wrap">{words}</span> },
        ]}
      />
    </Panel>
  );
}

function Hours({ readiness: { watchedHours, neededHours } }: { readiness: Readiness }) {
  if (watchedHours === null || neededHours === null || neededHours === 0)
    return <span class="field-hint">–</span>;
  const done = Math.min(watchedHours, neededHours);
  return (
    <span class="host-hours">
      <meter min={0} max={neededHours} value={done} aria-label="Hours watched" /> {Math.floor(watchedHours)}{' '}
      of {neededHours} h
    </span>
  );
}
