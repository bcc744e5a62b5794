/** `deliverer.ts LEDGER CURSORS URL`: delivers to a webhook, or to `tcp://HOST:PORT` by syslog, until killed. */
import { Outbox } from '../../../../src/edges/alerts/outbox.ts';
import { syslogSinks } from '../../../../src/edges/alerts/syslog/syslog-sink.ts';
import { WebhookSink } from '../../../../src/edges/alerts/webhook-sink.ts';
import { LedgerReader } from '../../../../src/ledger/reader.ts';
import { everything, OBSERVER } from './entries.ts';

const [ledgerPath, cursorPath, url] = process.argv.slice(2);
const sink = url.startsWith('tcp://')
  ? syslogSinks.open(
      'syslog',
      syslogSinks.settings.parse({ type: 'syslog', transport: 'tcp', address: new URL(url).host }),
      {} as never,
    )
  : new WebhookSink({ url });
const outbox = new Outbox({
  cursorPath,
  ledger: LedgerReader.open(ledgerPath),
  subscriptions: everything(sink),
  observer: OBSERVER,
  record: () => {},
});
console.log('ready');
outbox.wake();
setInterval(() => outbox.wake(), 1_000);
