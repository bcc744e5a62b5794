/** `deliverer.ts LEDGER CURSORS URL`: delivers to a webhook until killed. */
import { Outbox } from '../../../../src/edges/alerts/outbox.ts';
import { WebhookSink } from '../../../../src/edges/alerts/webhook-sink.ts';
import { LedgerReader } from '../../../../src/ledger/reader.ts';
import { everything, OBSERVER } from './entries.ts';

const [ledgerPath, cursorPath, url] = process.argv.slice(2);
const outbox = new Outbox({
  cursorPath,
  ledger: LedgerReader.open(ledgerPath),
  subscriptions: everything(new WebhookSink({ url })),
  observer: OBSERVER,
  record: () => {},
});
console.log('ready');
outbox.wake();
setInterval(() => outbox.wake(), 1_000);
