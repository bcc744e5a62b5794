import { describe, expect, it } from 'vitest';
import { line, readText, refusal } from './recording.ts';

/** As Zeek 6 writes it, without the columns that are not read; \t stands for itself. */
const FIELDS =
  'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig ' +
  'local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents';
const TYPES =
  'time string addr port addr port enum string interval count count string bool bool count string count count count ' +
  'count set[string]';
const tabbed = (text: string) => text.split(' ').join('\t');
const HEADER = [
  '#separator \\x09',
  '#set_separator\t,',
  '#empty_field\t(empty)',
  '#unset_field\t-',
  '#path\tconn',
  '#open\t2023-11-14-22-13-20',
  `#fields\t${tabbed(FIELDS)}`,
  `#types\t${tabbed(TYPES)}`,
].join('\n');
const HTTPS =
  '1700000000.500000 CHhAvVGS1DHFjwGM9 192.0.2.10 50000 203.0.113.9 443 tcp ssl 0.521000 500 1400 SF T F 0 ShADadFf 5 704 3 1524 -';
const REFUSED =
  '1700000002.000000 C4J4Th3PJpwUYZZ6gc 192.0.2.10 50001 198.51.100.7 23 tcp - 0.030000 0 0 REJ T F 0 Sr 1 44 1 40 -';
const SILENT =
  '1700000004.000000 CtPZjS20MLrsMUOJi2 192.0.2.10 50002 198.51.100.7 8080 tcp - - - - S0 T F 0 S 1 44 0 0 -';
const PING =
  '1700000003.000000 CUM0KZ3MLUfNB0cl11 192.0.2.10 8 203.0.113.9 0 icmp - 0.020000 56 56 OTH T F 0 - 1 84 1 84 -';
const NEIGHBOUR =
  '1700000003.000000 C37jN32gN3y3AZzyf6 fe80::1 135 ff02::1:ff00:2 136 icmp - - - - OTH F F 0 - 1 72 0 0 -';
const UNREACHABLE =
  '1700000007.000000 CmES5u32sYpV7JYN 198.51.100.7 3 192.0.2.10 3 icmp - - - - OTH F T 0 - 1 84 0 0 -';

const log = (...lines: string[]) =>
  `${HEADER}\n${lines.map(tabbed).join('\n')}\n#close\t2023-11-14-23-00-00\n`;

const EXPECTED: readonly [string, string, string][] = [
  ['a connection', HTTPS, '1700000000500+521 6 192.0.2.10 50000 > 203.0.113.9 443 704/5 1524/3 answered'],
  ['a refusal', REFUSED, '1700000002000+30 6 192.0.2.10 50001 > 198.51.100.7 23 44/1 40/1 refused'],
  ['an attempt', SILENT, '1700000004000+0 6 192.0.2.10 50002 > 198.51.100.7 8080 44/1 0/0 unanswered'],
  ['a ping', PING, '1700000003000+20 1 192.0.2.10 0 > 203.0.113.9 0 icmp 8/0 84/1 84/1 answered'],
  ['ICMPv6', NEIGHBOUR, '1700000003000+0 58 fe80::1 0 > ff02::1:ff00:2 0 icmp 135/0 72/1 0/0 unanswered'],
  [
    'an ICMP error',
    UNREACHABLE,
    '1700000007000+0 1 198.51.100.7 0 > 192.0.2.10 0 icmp 3/3 84/1 0/0 unanswered',
  ],
];

/** The same line as Zeek's JSON writer has it: what is not set is left out. */
function asJson(text: string): string {
  const names = FIELDS.split(' ');
  const types = TYPES.split(' ');
  const entries = text.split(' ').flatMap((value, i) => {
    if (value === '-') return [];
    const isNumber = ['time', 'port', 'interval', 'count'].includes(types[i]);
    return [[names[i], isNumber ? Number(value) : value]];
  });
  return JSON.stringify(Object.fromEntries(entries));
}

describe.each<[string, (...lines: string[]) => string]>([
  ['columns', log],
  ['JSON', (...lines) => `${lines.map(asJson).join('\n')}\n`],
])("Zeek's conn.log in %s", (_, written) => {
  it.each(EXPECTED)('has %s', async (_kind, text, expected) => {
    expect((await readText(written(text))).map(line)).toEqual([expected]);
  });

  it('is put in order of start: Zeek writes a connection when it ends', async () => {
    const flows = await readText(written(UNREACHABLE, REFUSED, HTTPS));
    expect(flows.map(({ startedAtMs }) => startedAtMs)).toEqual([
      1_700_000_000_500, 1_700_000_002_000, 1_700_000_007_000,
    ]);
  });
});

describe('columns', () => {
  it('are those that the header names, in its order, with payload bytes when nothing else was counted', async () => {
    const text = [
      '#separator |',
      '#unset_field|none',
      '#fields|resp_bytes|proto|id.resp_h|id.orig_h|ts|orig_bytes|conn_state|label',
      '#types|count|enum|addr|addr|time|count|string|string',
      '20|tcp|203.0.113.9|192.0.2.10|1700000000.0|10|SF|Malicious',
      'none|50|203.0.113.9|192.0.2.10|1700000001.0|none|none|none',
    ];
    expect((await readText(`${text.join('\n')}\n`)).map(line)).toEqual([
      '1700000000000+0 6 192.0.2.10 0 > 203.0.113.9 0 10/0 20/0 answered malicious',
      '1700000001000+0 50 192.0.2.10 0 > 203.0.113.9 0 0/0 0/0 unanswered',
    ]);
  });

  it('are told anew where logs were joined', async () => {
    const other = [
      '#separator \\x2c',
      '#fields,proto,id.resp_h,id.orig_h,ts',
      'udp,203.0.113.9,192.0.2.10,1700000009.0',
    ].join('\n');
    expect((await readText(`${log(HTTPS)}${other}\n`)).map(line)[1]).toBe(
      '1700000009000+0 17 192.0.2.10 0 > 203.0.113.9 0 0/0 0/0 unanswered',
    );
  });

  it('may be none but the header', async () => {
    expect(await readText(log())).toEqual([]);
  });

  it.each<[string, string, number, RegExp]>([
    ['a log of something else', '#separator \\x09\n#path\tdns\n', 2, /^#path is 'dns'$/],
    ['a line before the fields', `#separator \\x09\n${tabbed(HTTPS)}\n`, 2, /stands before #fields$/],
    [
      'fields without addresses',
      '#separator \\x09\n#fields\tts\tproto\n',
      2,
      /without id.orig_h, id.resp_h$/,
    ],
    ['a separator of nothing', '#separator \n', 1, /^#separator is empty$/],
    ['a line that is too short', log(HTTPS, HTTPS.slice(0, 60)), 10, /^5 columns$/],
    ['a line that is too long', log(`${HTTPS} more`), 9, /^22 columns$/],
    ['a damaged number', log(HTTPS.replace(' 704 ', ' 7O4 ')), 9, /^orig_ip_bytes is '7O4'$/],
    ['a duration that is no number', log(HTTPS.replace('0.521000', 'nan')), 9, /^duration is 'nan'$/],
    ['a negative duration', log(HTTPS.replace('0.521000', '-0.5')), 9, /^duration is '-0.5'$/],
    ['a cut last line', log(HTTPS).split('#close')[0].slice(0, -2), 9, /does not end with a newline$/],
  ])('are refused with %s', async (_, text, number, problem) => {
    const error = await refusal(text);
    expect(error.line).toBe(number);
    expect(error.problem).toMatch(problem);
  });
});

describe('JSON', () => {
  it('may have dates, and say which log it is', async () => {
    const record = { ...JSON.parse(asJson(HTTPS)), ts: '2023-11-14T22:13:20.500000Z', _path: 'conn' };
    expect((await readText(JSON.stringify(record))).map(line)).toEqual([EXPECTED[0][2]]);
  });

  it('gives the number of a protocol without name in a field of its own', async () => {
    const record = { ...JSON.parse(asJson(HTTPS)), proto: 'unknown_transport', ip_proto: 47 };
    expect((await readText(JSON.stringify(record)))[0].protocol).toBe(47);
    const error = await refusal(JSON.stringify({ ...record, ip_proto: undefined }));
    expect(error.problem).toMatch(/^proto is 'unknown_transport'/);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['another log', { _path: 'dns' }, /^_path is 'dns'$/],
    ['no responder', { 'id.resp_h': undefined }, /^id.resp_h is missing$/],
    ['a time in milliseconds', { ts: 1_700_000_000_500 }, /^ts is 1700000000500$/],
  ])('is refused with %s', async (_, changed, problem) => {
    const record = { ...JSON.parse(asJson(HTTPS)), ...changed };
    const error = await refusal(`${asJson(HTTPS)}\n${JSON.stringify(record)}\n`);
    expect(error.line).toBe(2);
    expect(error.problem).toMatch(problem);
  });
});
