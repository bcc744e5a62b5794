/** Incidents on a time line: a list of links, each where and as long as the incident was. */
import { Link } from 'wouter-preact';
import './chart.css';
import { placeInLanes } from './lanes.ts';
import { momentWords, timeMarks } from './time-axis.ts';

export interface LineIncident {
  readonly id: string;
  readonly cause: string;
  readonly severity: string;
  readonly state: string;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

interface Props {
  readonly incidents: readonly LineIncident[];
  readonly fromMs: number;
  readonly toMs: number;
}

const LANE_PX = 22;
/** Per cent of the line. */
const LAST_MARK = 92;

export function IncidentLine({ incidents, fromMs, toMs }: Props) {
  const spans = incidents.map((incident) => ({
    incident,
    fromMs: incident.firstSeenMs,
    toMs: incident.lastSeenMs,
  }));
  const { placed, lanes, left } = placeInLanes(spans, { fromMs, toMs });
  const share = (atMs: number) => ((atMs - fromMs) / (toMs - fromMs)) * 100;
  // The words of a mark stand to its right.
  const marks = timeMarks(fromMs, toMs, 6).filter(({ atMs }) => share(atMs) < LAST_MARK);
  const height = Math.max(1, lanes) * LANE_PX;
  return (
    <figure class="incident-line">
      <ol style={{ height: `${height}px` }}>
        {placed.map(({ span: { incident }, lane, left: from, width }) => (
          <li key={incident.id} style={{ left: `${from}%`, width: `${width}%`, top: `${lane * LANE_PX}px` }}>
            <Link
              href={`/incidents/${incident.id}`}
              data-severity={incident.severity}
              data-state={incident.state}
              title={incidentWords(incident)}
            >
              <span class="visually-hidden">{incidentWords(incident)}</span>
            </Link>
          </li>
        ))}
      </ol>
      <div class="incident-line-axis" aria-hidden="true">
        {marks.map(({ atMs, words }) => (
          <span key={atMs} style={{ left: `${share(atMs)}%` }}>
            {words}
          </span>
        ))}
      </div>
      <figcaption>
        {placed.length === 0
          ? 'No incidents in this time.'
          : 'Each bar is an incident; its colour, how severe.'}
        {left > 0 && ` ${left} more overlap and are not drawn: see the list.`}
      </figcaption>
    </figure>
  );
}

function incidentWords({ id, cause, severity, state, firstSeenMs, lastSeenMs }: LineIncident): string {
  return `${id} ${cause}, ${severity}, ${state}, ${momentWords(firstSeenMs)} to ${momentWords(lastSeenMs)}`;
}
