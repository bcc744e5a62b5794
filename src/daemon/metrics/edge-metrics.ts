/** Alerts on their way out, and deny lists on their way in. */
import type { Registry } from 'prom-client';
import type { Outbox } from '../../edges/alerts/outbox.ts';
import type { FeedStatus } from '../../policy/feed/feed-state.ts';
import { addFamily } from './family.ts';

type Lane = ReturnType<Outbox['status']>[number];

const ALERTS: readonly (readonly [string, string, (lane: Lane) => number | undefined])[] = [
  ['penstock_alerts_backlog', 'Ledger entries that a sink has not passed', ({ backlog }) => backlog],
  ['penstock_alerts_delivered_total', 'Alerts that a sink has taken', ({ delivered }) => delivered],
  ['penstock_alerts_failures_total', 'Attempts that failed', ({ failures }) => failures],
  ['penstock_alerts_refused_total', 'Alerts that a sink refused for good', ({ refused }) => refused],
  [
    'penstock_alerts_failing_since_timestamp_seconds',
    'Since when a sink has taken nothing; absent while all is well',
    ({ failingSinceMs }) => seconds(failingSinceMs),
  ],
  [
    'penstock_alerts_last_success_timestamp_seconds',
    'When a sink took something last; absent until it has',
    ({ lastSuccessMs }) => seconds(lastSuccessMs),
  ],
];

export function addAlertMetrics(registry: Registry, outbox: Pick<Outbox, 'status'>): void {
  for (const [name, help, value] of ALERTS) {
    addFamily(registry, {
      name,
      help,
      labels: ['sink'],
      read(put) {
        for (const lane of outbox.status()) {
          const number = value(lane);
          if (number !== undefined) put({ sink: lane.sink }, number);
        }
      },
    });
  }
}

const LISTS: readonly (readonly [string, string, (status: FeedStatus) => number | undefined])[] = [
  [
    'penstock_deny_list_age_seconds',
    'Since the content was read or found unchanged',
    ({ fetchedAtMs }) => (fetchedAtMs === null ? undefined : Math.max(0, Date.now() - fetchedAtMs) / 1_000),
  ],
  ['penstock_deny_list_prefixes', 'Networks on the list', ({ prefixes }) => prefixes],
  ['penstock_deny_list_unusable', 'Entries that cannot be blocked by address', ({ unusable }) => unusable],
  ['penstock_deny_list_left_out', 'Entries that must not be listed', ({ leftOut }) => leftOut],
  ['penstock_deny_list_failing', '1 while it needs a look', ({ trouble }) => Number(trouble !== null)],
  [
    'penstock_deny_list_tried_timestamp_seconds',
    'When it was read, or tried to, last',
    ({ triedAtMs }) => seconds(triedAtMs),
  ],
];

/** The deny lists that are kept fresh. A list without content has no age. */
export function addDenyLists(
  registry: Registry,
  refresher: { readonly status: readonly FeedStatus[] },
): void {
  for (const [name, help, value] of LISTS) {
    addFamily(registry, {
      name,
      help,
      labels: ['list'],
      read(put) {
        for (const status of refresher.status) {
          const number = value(status);
          if (number !== undefined) put({ list: status.list }, number);
        }
      },
    });
  }
  addFamily(registry, {
    name: 'penstock_deny_list_trouble',
    help: 'What keeps a list from being fresh, by its stable code; 1 while it does',
    labels: ['list', 'code'],
    read(put) {
      for (const { list, trouble } of refresher.status) if (trouble) put({ list, code: trouble.code }, 1);
    },
  });
}

function seconds(ms: number | null): number | undefined {
  return ms === null ? undefined : ms / 1_000;
}
