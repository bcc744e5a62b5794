import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PolicyFinding } from '../../../src/incident/finding.ts';
import { IncidentBook } from '../../../src/incident/incident-book.ts';
import { MAX_OPEN_PER_HOST } from '../../../src/incident/incident-index.ts';
import { IncidentNumbers } from '../../../src/incident/incident-numbers.ts';
import { flowOf } from './flow.ts';

const MAX_OPEN = 100;
const QUIET_MS = 50;
const NARRATOR = { groupsOf: () => [], explain: () => [] };
const FINDINGS: PolicyFinding[] = [
  { kind: 'deny', cause: 'policyViolation' },
  { kind: 'deny', cause: 'denyList', list: 'a', reason: 'a' },
  { kind: 'deny', cause: 'denyList', list: 'b', reason: 'b' },
];

const action = fc.oneof(
  { weight: 20, arbitrary: fc.record({ host: fc.nat(1), to: fc.nat(120), finding: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ close: fc.nat(200) }) },
  { weight: 1, arbitrary: fc.record({ sweep: fc.constant(true) }) },
);

it('never holds more than its bounds, loses no observation, and closes each incident once', () => {
  fc.assert(
    fc.property(fc.array(action, { minLength: 150, maxLength: 400 }), (actions) => {
      const book = new IncidentBook({
        numbers: new IncidentNumbers(1),
        maxOpen: MAX_OPEN,
        quietMs: QUIET_MS,
      });
      const open = new Map<string, string>();
      const closed = new Set<string>();
      let [observed, counted] = [0, 0];
      const end = (closure: ReturnType<IncidentBook['close']>) => {
        if (closure === undefined) return;
        expect(open.delete(closure.incident.id)).toBe(true);
        expect(closed.has(closure.incident.id)).toBe(false);
        closed.add(closure.incident.id);
        counted += closure.incident.count;
      };
      for (const [atMs, each] of actions.entries()) {
        if ('sweep' in each) for (const closure of book.sweep(atMs)) end(closure);
        else if ('close' in each) end(book.close(`I${each.close}`, 'asked'));
        else {
          const flow = flowOf({ host: `10.0.0.${each.host}`, to: `192.0.2.${each.to} 443` });
          const result = book.observe(flow, FINDINGS[each.finding], NARRATOR, atMs);
          if (result.kind === 'opened') {
            end(result.displaced);
            const { id, host, cause, source, destination } = result.incident;
            const key = [host, cause, source, destination].join();
            expect([...open.values()]).not.toContain(key);
            open.set(id, key);
          }
          observed++;
        }
        expect(book.size).toBe(open.size);
        expect(book.size).toBeLessThanOrEqual(MAX_OPEN);
      }
      for (const host of ['10.0.0.0', '10.0.0.1']) {
        const own = [...open.values()].filter(
          (key) => key.startsWith(`${host},denyList`) && !key.endsWith(','),
        );
        expect(own.length).toBeLessThanOrEqual(MAX_OPEN_PER_HOST);
      }
      for (const id of open.keys()) counted += book.get(id)?.count ?? 0;
      expect(counted).toBe(observed);
    }),
    { numRuns: 60 },
  );
});
