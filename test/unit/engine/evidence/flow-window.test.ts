import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../../src/address/address.ts';
import { FlowWindow } from '../../../../src/engine/evidence/flow-window.ts';
import type { Verdict } from '../../../../src/policy/verdict.ts';
import { flow, NOON } from './sample-view.ts';

const ALLOW: Verdict = { kind: 'allow', rule: 'web', ruleIndex: 4 };
const DENY: Verdict = { kind: 'deny', cause: 'policyViolation' };
const HOST = parseAddress('10.1.0.10');
const ALWAYS = { fromMs: 0, toMs: Number.POSITIVE_INFINITY, limit: 100 };

/** Ports of what is found, the newest first. */
function ports(window: FlowWindow, question: Partial<Parameters<FlowWindow['find']>[0]> = {}): number[] {
  const { rows } = window.find({ addresses: [HOST], ...ALWAYS, ...question });
  return Array.from({ length: rows.length }, (_, row) => rows.read(row).hostPort);
}

describe('the window of flows', () => {
  it('gives back what was noted', () => {
    const window = new FlowWindow(8);
    const host = parseAddress('fd00:1::10');
    const destination = parseAddress('2001:db8:66::60');
    const translated = parseAddress('2001:db8:77::1');
    window.note('ended', flow({ host, destination, translated, translatedPort: 8_443 }), ALLOW, NOON);
    const { rows } = window.find({ addresses: [host], ...ALWAYS });
    expect(rows.read(0)).toEqual({
      ...{ sighting: 'ended', seenAtMs: NOON, direction: 'outbound', protocol: 6 },
      ...{ host: 'fd00:1::10', hostPort: 40_000, destination: '2001:db8:66::60', destinationPort: 443 },
      ...{ translated: '2001:db8:77::1', translatedPort: 8_443, icmp: null },
      ...{ startedAtMs: NOON - 500.25, lastSeenAtMs: NOON, replied: true },
      ...{ bytesOut: 1_500, bytesIn: 9_000_000_000, packetsOut: 10, packetsIn: 70 },
      ...{ verdict: 'allow', ruleIndex: 4 },
    });
  });

  it('tells ICMP by type and code, and what a standing block covered', () => {
    const window = new FlowWindow(8);
    const ping = {
      protocol: 1,
      hostPort: 0,
      destinationPort: 0,
      translatedPort: 0,
      icmpType: 8,
      icmpCode: 0,
    };
    window.note('started', flow(ping), undefined, NOON);
    const { rows } = window.find({ addresses: [HOST], ...ALWAYS });
    expect(rows.read(0)).toMatchObject({
      icmp: { type: 8, code: 0 },
      verdict: 'blocked',
      ruleIndex: null,
      translated: null,
    });
  });

  it('keeps the newest, and says since when', () => {
    const window = new FlowWindow(3);
    for (const port of [1, 2, 3]) window.note('started', flow({ hostPort: port }), DENY, NOON + port);
    expect(window.forgottenBeforeMs).toBeUndefined();
    for (const port of [4, 5]) window.note('started', flow({ hostPort: port }), DENY, NOON + port);
    expect(ports(window)).toEqual([5, 4, 3]);
    expect(window.forgottenBeforeMs).toBe(NOON + 3);
  });

  it('finds by either end, before and after NAT, and by time', () => {
    const window = new FlowWindow(8);
    const [other, inside] = [parseAddress('10.1.0.77'), parseAddress('192.0.2.9')];
    window.note('started', flow({ hostPort: 1 }), DENY, NOON + 1);
    window.note('started', flow({ hostPort: 2, host: other }), DENY, NOON + 2);
    window.note('started', flow({ hostPort: 3, host: other, translated: inside }), DENY, NOON + 3);
    expect(ports(window)).toEqual([1]);
    expect(ports(window, { addresses: [HOST, parseAddress('198.51.100.60')] })).toEqual([3, 2, 1]);
    expect(ports(window, { addresses: [inside] })).toEqual([3]);
    expect(ports(window, { addresses: [other], fromMs: NOON + 3 })).toEqual([3]);
    expect(ports(window, { addresses: [other], toMs: NOON + 3 })).toEqual([2]);
    expect(ports(window, { addresses: [parseAddress('::a01:a')] })).toEqual([]);
  });

  it('gives at most as many as asked for, and says that there were more', () => {
    const window = new FlowWindow(8);
    for (const port of [1, 2, 3]) window.note('started', flow({ hostPort: port }), DENY, NOON);
    const { rows, truncated } = window.find({ addresses: [HOST], ...ALWAYS, limit: 2 });
    expect([rows.length, truncated]).toEqual([2, true]);
    expect(window.find({ addresses: [HOST], ...ALWAYS, limit: 3 }).truncated).toBe(false);
  });
});
