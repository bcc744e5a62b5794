/** Incidents by severity and cause, and what people said of them. */
import type { Incident, Severity } from '../../incident/incident.ts';
import type { Entry } from '../../ledger/entry.ts';
import { type CauseLine, type IncidentLine, type IncidentReport, listed } from './report.ts';

const RANK: Readonly<Record<Severity, number>> = { critical: 3, high: 2, medium: 1, low: 0 };

interface Story {
  latest: Incident;
  openedAtMs: number | undefined;
  verdict: string | null;
}

export class IncidentSection {
  readonly #stories = new Map<string, Story>();
  /** Closings in the time, by incident; a verdict that comes later replaces none. */
  readonly #closed = new Map<string, 'false' | 'resolved' | 'quiet'>();
  readonly #suppressions = { created: 0, revoked: 0, expired: 0 };

  take(entry: Entry): void {
    switch (entry.type) {
      case 'incident.opened':
        this.#note(entry.body.incident).openedAtMs = entry.atMs;
        break;
      case 'incident.updated':
      case 'incident.escalated':
        this.#note(entry.body.incident);
        break;
      case 'incident.closed':
        this.#note(entry.body.incident).verdict = entry.body.verdict ?? null;
        this.#closed.set(entry.body.incident.id, entry.body.verdict ?? 'quiet');
        break;
      case 'suppression.created':
        this.#suppressions.created += 1;
        break;
      case 'suppression.revoked':
        this.#suppressions.revoked += 1;
        break;
      case 'suppression.expired':
        this.#suppressions.expired += 1;
        break;
      default:
    }
  }

  report(): IncidentReport {
    const opened = [...this.#stories.values()].filter(({ openedAtMs }) => openedAtMs !== undefined);
    const bySeverity = { critical: 0, high: 0, medium: 0, low: 0 };
    for (const { latest } of opened) bySeverity[latest.severity] += 1;
    return {
      opened: opened.length,
      closed: this.#closed.size,
      bySeverity,
      causes: this.#causes(opened),
      false: [...this.#closed.values()].filter((verdict) => verdict === 'false').length,
      suppressions: { ...this.#suppressions },
      worst: listed(opened.map(lineOf).toSorted(byWeight)),
    };
  }

  #note(incident: Incident): Story {
    const known = this.#stories.get(incident.id);
    if (known !== undefined) {
      known.latest = incident;
      return known;
    }
    const story: Story = { latest: incident, openedAtMs: undefined, verdict: null };
    this.#stories.set(incident.id, story);
    return story;
  }

  #causes(opened: readonly Story[]): CauseLine[] {
    const lines = new Map<string, { -readonly [K in keyof CauseLine]: CauseLine[K] }>();
    const line = (cause: string) => {
      const known = lines.get(cause) ?? { cause, opened: 0, false: 0, resolved: 0, quiet: 0 };
      lines.set(cause, known);
      return known;
    };
    for (const { latest } of opened) line(latest.cause).opened += 1;
    for (const [id, verdict] of this.#closed) {
      const cause = this.#stories.get(id)?.latest.cause;
      if (cause !== undefined) line(cause)[verdict] += 1;
    }
    return [...lines.values()].toSorted((x, y) => y.opened - x.opened || (x.cause < y.cause ? -1 : 1));
  }
}

function lineOf({ latest, openedAtMs, verdict }: Story): IncidentLine {
  const { id, severity, cause, host, destination, reasons } = latest;
  return {
    id,
    severity,
    cause,
    host,
    destination,
    openedAtMs: openedAtMs ?? 0,
    verdict,
    reason: reasons[0] ?? '',
  };
}

function byWeight(x: IncidentLine, y: IncidentLine): number {
  return RANK[y.severity] - RANK[x.severity] || y.openedAtMs - x.openedAtMs;
}
