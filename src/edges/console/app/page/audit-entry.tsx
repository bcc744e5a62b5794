import type { Schema } from 'penstock-client';
import { Button } from '../part/button.tsx';
import { Dialog } from '../part/dialog.tsx';
import { saveJson } from '../part/download.ts';
import { ExactTime } from '../part/time.tsx';

interface Props {
  readonly entry: Schema<'LedgerEntry'>;
  readonly onClose: () => void;
}

/** All of an entry, as it is in the ledger. */
export function AuditEntry({ entry, onClose }: Props) {
  const { seq, type, actor, atMs, subject, body, hash, previousHash } = entry;
  return (
    <Dialog title={`Entry ${seq}`} onClose={onClose}>
      <div class="dialog-body audit-details">
        <dl class="facts">
          <div>
            <dt>Type</dt>
            <dd>
              <code>{type}</code>
            </dd>
          </div>
          <div>
            <dt>Actor</dt>
            <dd>{actor}</dd>
          </div>
          <div>
            <dt>When</dt>
            <dd>
              <ExactTime ms={atMs} />
            </dd>
          </div>
          <div>
            <dt>Subject</dt>
            <dd>{subject ?? '–'}</dd>
          </div>
        </dl>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
        <section class="audit-json" tabIndex={0} aria-label="Body as JSON">
          <pre>{JSON.stringify(body, null, 2)}</pre>
        </section>
        <dl class="audit-hashes">
          <dt>Hash</dt>
          <dd>{hash}</dd>
          <dt>Hash before it</dt>
          <dd>{previousHash}</dd>
        </dl>
      </div>
      <footer class="dialog-foot">
        <Button icon="download" onClick={() => saveJson(`penstock-entry-${seq}.json`, entry)}>
          Save as JSON
        </Button>
        <Button tone="primary" onClick={onClose}>
          Close
        </Button>
      </footer>
    </Dialog>
  );
}
