/** The daemon's event stream, as a console would follow it. */
import type { Decision } from '../../src/decision/decision.ts';
import { entryLine } from '../../src/edges/cli/entry-line.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { followEvents, type Schema } from '../../src/penstock-client/src/index.ts';
import { until } from '../network/waiting.ts';
import type { Report } from './report.ts';

/** What a person would want to see of it. */
const TOLD =
  /^(incident\.opened|decision\.|enforcement\.(applied|lifted|failed)|drift\.|policy\.applied|rollback\.done)/;

type EntryView = Schema<'LedgerEntry'>;

export class EventFeed {
  readonly entries: EntryView[] = [];

  /** Follows until the daemon ends; tells `report` as it goes. */
  async follow(url: string, token: string, report: Report): Promise<void> {
    for await (const { data } of followEvents({ url, token, after: '0' })) {
      const entry = data as EntryView;
      this.entries.push(entry);
      if (TOLD.test(entry.type)) report.say(`  event ${withoutTime(entryLine(entry))}`);
    }
  }

  /** The incident of this host with this destination, once it is open. */
  incident(host: string, destination: string): Promise<EntryView & { incident: Incident }> {
    return until(`an incident of ${host} with ${destination}`, () =>
      this.#find(
        'incident.opened',
        'incident',
        (incident: Incident) => incident.host === host && incident.destination === destination,
      ),
    );
  }

  /** The decision about an incident, once the kernel has it. */
  enforced(incident: string): Promise<EntryView & { decision: Decision }> {
    return until(`the block of ${incident}`, () =>
      this.#find('enforcement.applied', 'decision', (decision: Decision) => decision.incident === incident),
    );
  }

  #find<K extends 'incident' | 'decision', T>(type: string, key: K, wanted: (body: T) => boolean) {
    for (const entry of this.entries) {
      const body = entry.body[key] as T;
      if (entry.type === type && wanted(body)) return { ...entry, [key]: body } as EntryView & Record<K, T>;
    }
    return undefined;
  }
}

/** The report has a clock of its own. */
function withoutTime(line: string): string {
  return line.split('  ').toSpliced(1, 1).join('  ');
}
