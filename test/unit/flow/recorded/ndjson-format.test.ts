import { describe, expect, it } from 'vitest';
import { line, readText, refusal } from './recording.ts';

const RECORD = {
  ts: 1676851429.5,
  duration: 0.25,
  proto: 'tcp',
  src: '192.0.2.10',
  sport: 34606,
  dst: '203.0.113.17',
  dport: 80,
  orig_bytes: 710,
  reply_bytes: 726,
  orig_pkts: 10,
  reply_pkts: 8,
  state: 'SF',
  label: 'benign',
  source_note: 'capture one',
};

/** One line with some fields changed; undefined leaves one out. */
const json = (changed: Record<string, unknown> = {}) => `${JSON.stringify({ ...RECORD, ...changed })}\n`;
const read = async (changed: Record<string, unknown>) => (await readText(json(changed))).map(line)[0];

describe('a line', () => {
  it('is a flow', async () => {
    const [flow] = await readText(json());
    expect(line(flow)).toBe(
      '1676851429500+250 6 192.0.2.10 34606 > 203.0.113.17 80 710/10 726/8 answered benign',
    );
    expect(flow.note).toBe('capture one');
  });

  it('may lack what is not always known', async () => {
    const lacking = { duration: null, sport: undefined, dport: undefined, state: null, label: undefined };
    const [flow] = await readText(json({ ...lacking, proto: 50, source_note: undefined }));
    expect(line(flow)).toBe('1676851429500+0 50 192.0.2.10 0 > 203.0.113.17 0 710/10 726/8 answered');
    expect(flow.note).toBeNull();
  });

  it('may have keys of which nothing is known here', async () => {
    expect(await read({ community_id: '1:abc', nested: { src: 'x' } })).toBe(await read({}));
  });

  it('may have its time as a date', async () => {
    expect(await read({ ts: '2023-02-20T00:03:49.5Z' })).toBe(await read({}));
  });

  it('may count from the start of the capture', async () => {
    expect(await read({ ts: 15.25, duration: 0 })).toMatch(/^15250\+0 /);
    expect(await read({ ts: 0, duration: 0 })).toMatch(/^0\+0 /);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'a pair of types',
      { src: '::', sport: 135, dst: 'ff02::1', dport: 136 },
      '58 :: 0 > ff02::1 0 icmp 135/0',
    ],
    ['type and code', { sport: 3, dport: 3 }, '1 192.0.2.10 0 > 203.0.113.17 0 icmp 3/3'],
    ['an echo', { sport: 8, dport: 0 }, '1 192.0.2.10 0 > 203.0.113.17 0 icmp 8/0'],
    ['nothing', { sport: undefined, dport: undefined }, '1 192.0.2.10 0 > 203.0.113.17 0 710/10'],
  ])('of ICMP has %s for ports', async (_, changed, expected) => {
    expect(await read({ proto: 'icmp', ...changed })).toContain(` ${expected} `);
  });
});

describe('a line is refused, and the error says which and why, with', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['no time', { ts: undefined }, /^ts is missing$/],
    ['a time before 1970', { ts: -1 }, /^ts is -1$/],
    ['a time after the year 9999', { ts: 1676851429500 }, /^ts is 1676851429500$/],
    ['a time of text', { ts: 'yesterday' }, /^ts is 'yesterday'$/],
    ['an end after the year 9999', { duration: 253_402_300_000 }, /^the flow ends after the year 9999$/],
    ['a negative duration', { duration: -0.5 }, /^duration is -0.5$/],
    ['a duration of text', { duration: 'NaN' }, /^duration is 'NaN'$/],
    ['a port too large', { dport: 65_536 }, /^dport is 65536$/],
    ['half a port', { sport: 80.5 }, /^sport is 80.5$/],
    ['an ICMP type too large', { proto: 'icmp', sport: 256 }, /^sport is 256$/],
    ['negative bytes', { orig_bytes: -1 }, /^orig_bytes is -1$/],
    ['more bytes than a number can tell', { reply_bytes: 2 ** 53 }, /^reply_bytes is 9007199254740992$/],
    ['packets of another kind', { reply_pkts: [8] }, /^reply_pkts is a list$/],
    ['no packets', { orig_pkts: null }, /^orig_pkts is missing$/],
    ['an unknown protocol', { proto: 'tpc' }, /^proto is 'tpc'$/],
    ['a protocol too large', { proto: 256 }, /^proto is 256$/],
    ['a protocol of another kind', { proto: true }, /^proto is true$/],
    ['no address', { src: undefined }, /^src is missing$/],
    ['an address out of range', { src: '192.0.2.256' }, /^src is not a dotted quad$/],
    ['a mapped address', { dst: '::ffff:192.0.2.1' }, /^dst is an IPv4-mapped IPv6 address$/],
    ['addresses of two families', { dst: '2001:db8::1' }, /^an IPv4 and an IPv6 address in one flow$/],
    ['a label of its own', { label: 'evil' }, /^label is 'evil'$/],
    ['a state of another kind', { state: 7 }, /^state is 7$/],
  ])('%s', async (_, changed, problem) => {
    const error = await refusal(`${json()}\n${json(changed)}${json()}`);
    expect(error).toMatchObject({ code: 'PENSTOCK_RECORDING_INVALID', line: 3 });
    expect(error.problem).toMatch(problem);
    expect(error.message).toMatch(/recording:3: .+; expected: ./);
  });

  it.each<[string, string, RegExp]>([
    ['no JSON', '{"ts":1,', /^'\{"ts":1,' is no JSON$/],
    ['something else than an object', '[1]', /^'\[1\]' is no JSON object$/],
    ['null', 'null', /^'null' is no JSON object$/],
    ['two objects', `${json().trim()}${json().trim()}`, /is no JSON$/],
  ])('%s', async (_, text, problem) => {
    const error = await refusal(`${json()}${text}\n`);
    expect(error.line).toBe(2);
    expect(error.problem).toMatch(problem);
  });

  it('text that would command a terminal, which is shown cut and escaped', async () => {
    const error = await refusal(json({ proto: `\u001b[2J\u202e${'x'.repeat(500)}` }));
    expect(error.problem).toMatch(/^proto is '\\u\{1b\}\[2J\\u\{202e\}x{35}\.\.\.'$/);
  });

  it('text that would command a terminal in place of an address', async () => {
    const error = await refusal(json({ src: '\u001b[2J' }));
    expect(error.message).not.toContain('\u001b');
  });
});
