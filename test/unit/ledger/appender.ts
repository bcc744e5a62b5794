/**
 * A writer to be killed: `appender.ts PATH` appends for ever, a batch of 1 to 3 entries at a time and every 8th
 * synced, and writes the last number of each batch to its standard output once `append` has returned; of every second
 * batch once it is intended.
 */
import { writeSync } from 'node:fs';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { decision } from './samples.ts';

const ledger = Ledger.open(process.argv[2]);
for (let batch = 1; ; batch++) {
  const next = ledger.head.seq + 1;
  const drafts = Array.from({ length: 1 + (batch % 3) }, (_, n) => ({
    type: 'decision.proposed' as const,
    actor: 'penstock',
    body: { decision: decision(next + n) },
  }));
  const last = `${next + drafts.length - 1}\n`;
  if (batch % 2 === 1) {
    if (!ledger.intend(drafts)) ledger.append(drafts, { sync: false });
    writeSync(1, last);
    ledger.append([], { sync: false });
  } else {
    ledger.append(drafts, { sync: batch % 8 === 0 });
    writeSync(1, last);
  }
}
