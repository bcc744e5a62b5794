/** A line says the same whether it is read from its bytes, as nearly all are, or parsed, as the first of a layout is. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecordingError } from '../../../../src/flow/errors.ts';
import { NOT_TAKEN } from '../../../../src/flow/recorded/line-scanner.ts';
import { NdjsonFormat } from '../../../../src/flow/recorded/ndjson-format.ts';

const mostly = (plain: fc.Arbitrary<unknown>, ...odd: unknown[]) =>
  fc.oneof({ weight: 40, arbitrary: plain }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
const upTo = (max: number) => fc.integer({ min: 0, max });
const seconds = fc.tuple(upTo(2e9), upTo(999)).map(([whole, part]) => whole + part / 1000);

const VALUES = {
  ts: mostly(seconds, '2026-01-31T23:59:59.5Z', '17', 1e14),
  duration: mostly(seconds, '0.5', 1e-7, 1e13),
  proto: mostly(fc.constantFrom('tcp', 'udp'), 'icmp', 'ICMP', 'TCP', 6, '17', 'nothing'),
  src: mostly(fc.constantFrom('192.0.2.1', '10.0.0.9'), '2001:db8::1', '192.0.2'),
  sport: mostly(upTo(65_535), '8', 8, 65_536, 1.5),
  dst: mostly(fc.constantFrom('198.51.100.7', '255.255.255.255'), '2001:db8::2'),
  dport: mostly(upTo(65_535), 0, '443', 70_000),
  orig_bytes: mostly(fc.maxSafeNat(), '12', 2 ** 60, 0.5),
  reply_bytes: mostly(fc.nat(), 2.5),
  orig_pkts: mostly(upTo(100), '1'),
  reply_pkts: mostly(upTo(100), '1'),
  state: mostly(fc.constantFrom('SF', 'S0', 'REJ', 'OTH'), 'RST', 7),
  label: mostly(fc.constantFrom('benign', 'malicious', 'unknown'), 'other', 1),
  source_note: mostly(fc.constantFrom('one', 'another'), '', 2),
};
const OPTIONAL = ['duration', 'sport', 'dport', 'state', 'label', 'source_note'];

/** Lines that have the same keys, but for a few that some leave out. */
const lines = fc
  .tuple(
    fc.array(fc.record(VALUES), { minLength: 2, maxLength: 12 }),
    fc.subarray(OPTIONAL, { maxLength: 2 }),
  )
  .map(([records, absent]) =>
    records.map((record) =>
      JSON.stringify(Object.fromEntries(Object.entries(record).filter(([key]) => !absent.includes(key)))),
    ),
  );

/** What each line comes to: its flow, or what is wrong with it. */
function readings(all: readonly string[], read: (format: NdjsonFormat, line: string) => void): unknown[] {
  let flow: unknown;
  const format = new NdjsonFormat({ file: 'flows', line: 1 }, (taken) => {
    flow = structuredClone(taken);
  });
  return all.map((line) => {
    try {
      read(format, line);
      return flow;
    } catch (error) {
      if (error instanceof RecordingError) return error.message;
      throw error;
    }
  });
}

it('with the same words for what is wrong', () => {
  let taken = 0;
  let count = 0;
  fc.assert(
    fc.property(lines, (all) => {
      const parsed = readings(all, (format, line) => format.readLine(line));
      const scanned = readings(all, (format, line) => {
        count++;
        if (format.scanLine(Buffer.from(`${line}\n`), 0) === NOT_TAKEN) format.readLine(line);
        else taken++;
      });
      expect(scanned).toEqual(parsed);
    }),
    { numRuns: 300 },
  );
  // The property is worth something only where many are read from their bytes.
  expect(taken).toBeGreaterThan(count / 4);
});
