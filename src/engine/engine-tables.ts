/** Who mends which of the small tables, for an engine. */
import { BRIDGE_TABLE } from '../enforcement/bridge/rules.ts';
import { CAPTURE_TABLE } from '../enforcement/capture/capture-table.ts';
import { LIMIT_TABLE } from '../enforcement/limits/limit-rules.ts';
import { DNS_TABLE } from '../enforcement/names/dns-table.ts';
import type { Engine } from './engine.ts';
import type { Tell } from './journal.ts';
import { NOTHING_AMISS, SideTables } from './side-tables.ts';

/** `ours`: the kernel's numbers of this thread and of the main thread, which makes the table that catches packets. */
export function sideTablesOf(engine: Engine, tell: Tell, ours: readonly number[]): SideTables {
  return new SideTables({
    tables: [
      { ...DNS_TABLE, mend: () => engine.names.mendTable() },
      { ...BRIDGE_TABLE, mend: (nowMs) => engine.bridge.mend(nowMs) },
      { ...LIMIT_TABLE, mend: () => engine.limits.mend() },
      { ...CAPTURE_TABLE, mend: () => captureTouched(tell) },
    ],
    ours: new Set(ours),
    journal: engine.journal,
  });
}

/** The main thread says itself what became of its table. */
function captureTouched(tell: Tell) {
  tell({ notice: 'captureTouched' });
  return NOTHING_AMISS;
}
