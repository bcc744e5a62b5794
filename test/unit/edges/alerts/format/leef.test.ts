import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leef } from '../../../../../src/edges/alerts/format/leef.ts';
import { oneLine } from '../../../../../src/edges/alerts/wording.ts';
import { opened } from '../../../ledger/samples.ts';
import { dispatch } from '../entries.ts';
import { anyDispatch } from '../made-up.ts';

const made = dispatch(opened(42));

function parse(line: string) {
  const [version, vendor, product, productVersion, event, delimiter, ...rest] = line.split('|');
  const attributes = rest
    .join('|')
    .split('\t')
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  return {
    header: [version, vendor, product, productVersion, event, delimiter],
    attributes: Object.fromEntries(attributes) as Record<string, string>,
  };
}

test('an incident has the predefined attributes and ours', () => {
  const { header, attributes } = parse(leef(made));
  expect(header).toEqual(['LEEF:2.0', 'Penstock', 'Penstock', '0.1.0', 'incident.opened', 'x09']);
  expect(attributes).toEqual({
    devTime: '2025-10-09T08:53:20.000Z',
    devTimeFormat: "yyyy-MM-dd'T'HH:mm:ss.SSSX",
    sev: '8',
    cat: 'denyList',
    src: '10.1.0.10',
    dst: '198.51.100.66',
    dstPort: '443',
    proto: 'tcp',
    policy: 'known-c2',
    alertId: made.id,
    sequence: '1',
    name: 'On deny list known-c2',
    severity: 'high',
    sensor: 'gateway',
    incident: 'I42',
    score: '1',
    reason: made.facts.reasons.join(' '),
    msg: made.message,
  });
});

test('whatever is in an alert can be read back, and is one line', () => {
  fc.assert(
    fc.property(anyDispatch, (any) => {
      const line = leef(any);
      expect(line).not.toMatch(/[\r\n\0]/);
      const { header, attributes } = parse(line);
      expect(header.at(-1)).toBe('x09');
      expect(attributes.alertId).toBe(any.id);
      expect(attributes.msg).toBe(oneLine(any.message));
      expect(attributes.reason ?? '').toBe(oneLine(any.facts.reasons.join(' ')));
      if (any.facts.rule !== null) expect(attributes.policy).toBe(oneLine(any.facts.rule));
    }),
  );
});
