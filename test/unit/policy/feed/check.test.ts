/** `penstock check` reads files of every format, and says what is wrong with them and where. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { penstock } from '../../edges/cli/penstock.ts';
import { policyText } from '../sources.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-check-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const indicator = (pattern: string) => ({ type: 'indicator', pattern_type: 'stix', pattern });

async function check() {
  const { code, out } = await penstock(['check', join(folder, 'p.yaml')]);
  return { code, lines: out.trim().replaceAll(`${folder}/`, '').split('\n') };
}

test('good lists are valid; what cannot be blocked by address is a warning', async () => {
  const lists = `  denyLists:
    - {id: c2, file: c2.csv, format: csv, column: ip}
    - {id: ti, file: ti.json, format: stix}
    - {id: ads, file: hosts, format: hosts}
    - {id: drop, file: drop.json, format: json, field: cidr}
    - {id: fetched, url: "https://feeds.example/drop.txt", format: text}
  tests:
    - {name: lists, from: 10.1.0.1, deny: ["198.51.100.7:443/tcp", "198.51.100.8:443/tcp", "198.51.100.9:443/tcp", "198.51.100.10:443/tcp"]}
`;
  write('p.yaml', policyText(`  hostGroups: {lan: {cidrs: [10.1.0.0/24]}}\n${lists}`));
  write('c2.csv', 'seen,ip\n2026-01-01,198.51.100.7\n');
  write(
    'ti.json',
    JSON.stringify({
      objects: [indicator("[ipv4-addr:value = '198.51.100.8']"), indicator("[url:value = 'x']")],
    }),
  );
  write('hosts', '0.0.0.0 ads.example\n198.51.100.9 c2.example\n');
  write('drop.json', '{"cidr":"198.51.100.10/32"}\n{"type":"metadata"}\n');
  const { code, lines } = await check();
  expect(lines.filter((line) => line.includes('deny list'))).toEqual(
    ['ti', 'ads', 'drop'].map((id) =>
      expect.stringContaining(`deny list ${id}: 1 entries cannot be blocked by address`),
    ),
  );
  expect(lines.at(-1)).toBe('p.yaml: valid');
  expect(code).toBe(0);
  expect((await penstock(['test', join(folder, 'p.yaml')])).code).toBe(0);
});

test('bad lists are refused with file, line and what would be right', async () => {
  const lists = `  denyLists:
    - {id: c2, file: c2.csv, format: csv, column: ip}
    - {id: ti, file: ti.json, format: stix}
    - {id: ads, file: hosts, format: hosts}
    - {id: drop, file: drop.json, format: json, field: cidr}
    - {id: large, file: large.txt, format: text, maxBytes: 10B}
  neverBlock: {destinations: [198.51.100.53]}
`;
  write('p.yaml', policyText(lists));
  write('c2.csv', 'seen,ip\n2026-01-01,198.51.100.7\n2026-01-02,198.51.100\n');
  write('ti.json', '{"objects": [');
  write('hosts', '0.0.0.0 ads.example\n');
  write('drop.json', '{"cidr":"198.51.100.0/24"}\n');
  write('large.txt', '198.51.100.7\n');
  expect(await check()).toEqual({
    code: 2,
    lines: [
      "c2.csv:3:1: '198.51.100' is not a dotted quad; expected: four decimal numbers 0-255 without leading zeros",
      'drop.json:1:1 cidr: 198.51.100.0/24 is never to be blocked (198.51.100.53/32); expected: no such entry, or onUnsafe: skip',
      'hosts:1:1: holds no network among 1 entries; expected: at least one address or network',
      'p.yaml:11:25 spec.denyLists[4].file: is larger than 10 bytes; expected: a smaller file',
      'ti.json:1:1: is no JSON, or is cut off; expected: valid JSON (RFC 8259)',
      'p.yaml: 5 problems',
    ],
  });
});
