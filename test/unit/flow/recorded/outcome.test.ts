import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../../../src/flow/recorded/outcome.ts';
import type { FlowOutcome } from '../../../../src/flow/recorded/recorded-flow.ts';
import { recordedFlow } from './recording.ts';

/** Bytes and packets of the originator, then of the responder. */
type Counters = readonly [number, number, number, number];

function outcome(
  state: string | null,
  counters: Counters,
  parts: Parameters<typeof recordedFlow>[0] = {},
): FlowOutcome {
  const [bytesOut, packetsOut, bytesIn, packetsIn] = counters;
  return outcomeOf(state, recordedFlow({ ...parts, bytesOut, packetsOut, bytesIn, packetsIn }));
}

const SYN_ONLY: Counters = [60, 1, 0, 0];
const RST_BACK: Counters = [60, 1, 40, 1];
const DATA: Counters = [800, 6, 2000, 5];

describe("Zeek's state", () => {
  it.each<[string, Counters, FlowOutcome]>([
    ['SF', DATA, 'answered'],
    ['S1', DATA, 'answered'],
    ['S2', DATA, 'answered'],
    ['S3', DATA, 'answered'],
    ['RSTO', RST_BACK, 'answered'],
    ['RSTR', RST_BACK, 'answered'],
    ['RSTRH', [0, 0, 40, 1], 'answered'],
    ['SHR', [0, 0, 139, 1], 'answered'],
    ['S0', SYN_ONLY, 'unanswered'],
    ['SH', SYN_ONLY, 'unanswered'],
    ['RSTOS0', SYN_ONLY, 'unanswered'],
    ['OTH', [208, 4, 0, 0], 'unanswered'],
    ['REJ', RST_BACK, 'refused'],
    ['REJ', [180, 3, 120, 3], 'refused'],
  ])('%s with %j is %s', (state, counters, expected) => {
    expect(outcome(state, counters)).toBe(expected);
  });

  it.each<[string, Counters, FlowOutcome]>([
    ['S0', [1974, 7, 80, 2], 'answered'],
    ['SH', [160, 4, 160, 4], 'answered'],
    ['RSTOS0', [200, 5, 142, 2], 'answered'],
    ['OTH', [0, 0, 40, 1], 'answered'],
    ['REJ', [2428, 16, 3592, 12], 'answered'],
  ])('%s is not believed against packets: with %j it is %s', (state, counters, expected) => {
    expect(outcome(state, counters)).toBe(expected);
  });

  it('is believed where nothing was counted', () => {
    const nothing: Counters = [0, 0, 0, 0];
    expect(outcome('SF', nothing)).toBe('answered');
    expect(outcome('REJ', nothing)).toBe('refused');
    expect(outcome('S0', nothing)).toBe('unanswered');
  });
});

describe.each([null, 'CON', 'FSPA_FSPA', '-', ''])('with the state %j counters decide:', (state) => {
  it.each<[string, Counters, FlowOutcome]>([
    ['nothing came back', SYN_ONLY, 'unanswered'],
    ['a bare RST', RST_BACK, 'refused'],
    ['three tries, three bare RSTs', [180, 3, 120, 3], 'refused'],
    ['a SYN+ACK, which has options', [60, 1, 44, 1], 'answered'],
    ['data went out and was acknowledged', [1500, 1, 40, 1], 'answered'],
    ['more bare packets back than were sent', [60, 1, 80, 2], 'answered'],
    ['data', DATA, 'answered'],
  ])('%s', (_, counters, expected) => {
    expect(outcome(state, counters)).toBe(expected);
  });

  it('an IPv6 header is longer', () => {
    const v6 = { source: '2001:db8::1', destination: '2001:db8::2' };
    expect(outcome(state, [80, 1, 60, 1], v6)).toBe('refused');
    expect(outcome(state, [80, 1, 64, 1], v6)).toBe('answered');
    expect(outcome(state, [80, 1, 60, 1])).toBe('answered');
  });

  it('only TCP refuses', () => {
    expect(outcome(state, [40, 1, 40, 1], { protocol: 17 })).toBe('answered');
    expect(outcome(state, [40, 1, 0, 0], { protocol: 17 })).toBe('unanswered');
  });
});
