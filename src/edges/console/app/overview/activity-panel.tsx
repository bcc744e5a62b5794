import { Link } from 'wouter-preact';
import { entryWords, typeWords } from '../entry-words.ts';
import { recent } from '../live.ts';
import { Empty } from '../part/empty.tsx';
import { Panel } from '../part/panel.tsx';
import { Time } from '../part/time.tsx';

const SHOWN = 9;

/** What the ledger got of late. Updates of incidents already told of are left to their pages. */
export function ActivityPanel() {
  const entries = recent.value.filter(({ type }) => type !== 'incident.updated').slice(0, SHOWN);
  return (
    <Panel title="What happened of late" flush aside={<Link href="/audit">Audit log</Link>}>
      {entries.length === 0 && <Empty>Nothing yet.</Empty>}
      <ol class="rows activity">
        {entries.map((entry) => (
          <li key={entry.seq} class="row">
            <span class="row-title">
              <strong>{typeWords(entry.type)}</strong> <span class="soft">{entryWords(entry)}</span>
            </span>
            <span class="soft small">
              {entry.actor} · <Time ms={entry.atMs} />
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
