import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FORMATS } from '../../../../../src/edges/alerts/format/format.ts';
import { type MessageShape, syslogMessage } from '../../../../../src/edges/alerts/syslog/message.ts';
import { oneLine } from '../../../../../src/edges/alerts/wording.ts';
import { opened } from '../../../ledger/samples.ts';
import { dispatch } from '../entries.ts';
import { anyDispatch, HOSTILE } from '../made-up.ts';
import { parseMessage } from './parse-message.ts';

const SHAPE: MessageShape = { format: 'rfc5424', facility: 'local4', enterpriseId: 32_473, maxBytes: 65_000 };
const made = dispatch(opened(42));

test('an incident is a message as RFC 5424 wants it', () => {
  const text = syslogMessage(made, SHAPE).toString();
  expect(text).toBe(
    `<163>1 2025-10-09T08:53:20.000Z gateway penstock - incident.opened [penstock@32473 id="${made.id}" sequence="1" ` +
      'severity="high" actor="penstock" host="10.1.0.10" destination="198.51.100.66" protocol="tcp" port="443" ' +
      `detector="denyList" rule="known-c2" score="1" incident="I42" reason="${made.facts.reasons.join(' ')}"]` +
      `[origin software="Penstock" swVersion="0.1.0"] ${made.message}`,
  );
});

test.each([
  ['critical', 'local4', 162],
  ['high', 'local4', 163],
  ['medium', 'audit', 108],
  ['low', 'kern', 5],
  ['low', 'local7', 189],
] as const)('%s of %s is priority %i', (severity, facility, priority) => {
  const message = syslogMessage({ ...made, severity }, { ...SHAPE, facility });
  expect(message.toString()).toMatch(`<${priority}>1 `);
});

test('the enterprise number is the one that was configured', () => {
  const { data } = parseMessage(syslogMessage(made, { ...SHAPE, enterpriseId: 8_072 }));
  expect(Object.keys(data)).toEqual(['penstock@8072', 'origin']);
});

test('a message that is not ASCII begins with the byte order mark, and no other does', () => {
  const mark = Buffer.from([0xef, 0xbb, 0xbf]);
  expect(syslogMessage(made, SHAPE).includes(mark)).toBe(false);
  const other = syslogMessage({ ...made, message: 'Überwachung' }, SHAPE);
  expect(other.subarray(-15).equals(Buffer.concat([mark, Buffer.from('Überwachung')]))).toBe(true);
});

test('the same alert is the same message, whenever it is sent', () => {
  expect(syslogMessage(dispatch(opened(42)), SHAPE).equals(syslogMessage(made, SHAPE))).toBe(true);
});

describe('whatever is in an alert', () => {
  test('it can be read back field by field, and is one line', () => {
    fc.assert(
      fc.property(anyDispatch, (any) => {
        const message = syslogMessage(any, SHAPE);
        const read = parseMessage(message);
        expect(message.includes(0x0a) || message.includes(0x00)).toBe(false);
        const { facts } = any;
        expect(read).toMatchObject({ app: 'penstock', msgId: any.action, message: oneLine(any.message) });
        expect(read.hostname).toMatch(/^[\x21-\x7e]{1,255}$/);
        expect(read.data['penstock@32473']).toEqual(
          JSON.parse(
            JSON.stringify({
              id: any.id,
              sequence: String(any.sequence),
              severity: any.severity,
              actor: oneLine(any.actor),
              host: facts.host ?? undefined,
              destination: facts.destination ?? undefined,
              protocol: facts.service ? { 6: 'tcp', 1: 'icmp', 99: '99' }[facts.service.protocol] : undefined,
              port: facts.service?.port?.toString(),
              detector: facts.detector ?? undefined,
              rule: facts.rule === null ? undefined : oneLine(facts.rule),
              score: facts.score?.toString(),
              incident: facts.incident ?? undefined,
              decision: facts.decision ?? undefined,
              decisionState: facts.decisionState ?? undefined,
              reason: oneLine(facts.reasons.join(' ')) || undefined,
            }),
          ),
        );
      }),
    );
  });

  test('it keeps the size limit, and is still well formed', () => {
    const sizes = fc.constantFrom(2_048, 4_096, 8_192);
    fc.assert(
      fc.property(anyDispatch, sizes, (any, maxBytes) => {
        const message = syslogMessage(any, { ...SHAPE, maxBytes });
        expect(message.length).toBeLessThanOrEqual(maxBytes);
        expect(parseMessage(message).data['penstock@32473'].id).toBe(any.id);
      }),
    );
  });

  test('other formats are the text of a message without structured data', () => {
    fc.assert(
      fc.property(anyDispatch, fc.constantFrom(...FORMATS), (any, format) => {
        const { data, message } = parseMessage(syslogMessage(any, { ...SHAPE, format }));
        expect(data).toEqual({});
        expect(message).not.toMatch(/[\r\n\0]/);
        if (format === 'ecs' || format === 'ocsf') expect(JSON.parse(message)).toBeTypeOf('object');
        else expect(message).toMatch(/^(CEF:0|LEEF:2\.0)\|Penstock\|Penstock\|/);
      }),
    );
  });
});

test.each(HOSTILE)('a reason of %j arrives as one line', (reason) => {
  const any = { ...made, facts: { ...made.facts, reasons: [reason] } };
  const { data } = parseMessage(syslogMessage(any, SHAPE));
  expect(data['penstock@32473'].reason ?? '').toBe(oneLine(reason));
});
