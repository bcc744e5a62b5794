/** `full-disk.ts PATH`, run where files may not grow past a limit: appends until refused, twice, and says how it went. */
import { LedgerError } from '../../../src/ledger/errors.ts';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { proposed } from './samples.ts';

const ledger = Ledger.open(process.argv[2]);
let appended = 0;
function fill(): string {
  try {
    for (;;)
      appended = ledger.append([proposed(appended + 1), proposed(appended + 2)], { sync: true })[1].seq;
  } catch (error) {
    if (error instanceof LedgerError) return error.code;
    throw error;
  }
}
fill();
const code = fill();
console.log(JSON.stringify({ code, head: ledger.queries.head().seq, appended }));
