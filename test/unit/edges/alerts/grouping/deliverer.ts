/** `deliverer.ts LEDGER CURSORS URL`: posts messages for people as they are, until killed. */
import { Endpoint } from '../../../../../src/edges/alerts/endpoint.ts';
import type { MessageSink } from '../../../../../src/edges/alerts/grouping/message-sink.ts';
import { Outbox } from '../../../../../src/edges/alerts/outbox.ts';
import { LedgerReader } from '../../../../../src/ledger/reader.ts';
import { OBSERVER } from '../entries.ts';

const [ledgerPath, cursorPath, url] = process.argv.slice(2);
const endpoint = new Endpoint({ label: 'people', timeoutMs: 200 });
const limit = { messages: 1_000, perMs: 1_000 };
const sink: MessageSink = {
  ...{ name: 'people', type: 'people' },
  grouping: { settleMs: 0, windowMs: 20, quietMs: [], limit, digestMs: null },
  deliver: async () => {},
  send: async (message, signal) =>
    void (await endpoint.post(new URL(url), JSON.stringify(message), {}, signal)),
};
const outbox = new Outbox({
  cursorPath,
  ledger: LedgerReader.open(ledgerPath),
  subscriptions: [{ sink }],
  observer: OBSERVER,
  record: () => {},
  backoff: { firstMs: 5, longestMs: 50 },
});
console.log('ready');
outbox.wake();
setInterval(() => outbox.wake(), 20);
