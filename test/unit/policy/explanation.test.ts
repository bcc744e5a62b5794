import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import { flow, loadGood, NOW } from './sources.ts';

describe('explanations name the nearest rule', () => {
  const compiled = compilePolicy(
    loadGood(`  hostGroups: {web: {cidrs: [10.1.0.0/24]}, build: {cidrs: [10.2.0.0/24]}}
  addressSets: {payments: {cidrs: [203.0.113.0/24], except: [203.0.113.128/25]}}
  services: {https: [{protocol: tcp, ports: [443]}], rsync: [{protocol: tcp, ports: [8730-8739]}]}
  schedules: {nightly: {timezone: Europe/Berlin, days: [mon, tue, wed, thu, fri], start: "01:00", end: "04:00"}}
  rules:
    - {id: payments, description: Card processor, from: [web], to: {sets: [payments]}, services: [https]}
    - {id: mirrors, from: [build], to: {cidrs: [198.51.100.7/32]}, services: [rsync], schedule: nightly}
    - {id: old, from: [web], to: {cidrs: [192.0.2.0/24]}, icmp: [{family: ipv4, types: [echo-request]}], expires: "2026-03-31T00:00:00Z"}
  denyLists: [{id: bad, cidrs: [198.51.100.66/32], reason: known command and control}]
`),
  );
  test.each([
    [
      '10.1.0.1',
      '203.0.113.9:443/tcp',
      ['rule payments (Card processor) allows 203.0.113.0/24 on port 443/tcp'],
    ],
    [
      '10.1.0.1',
      '203.0.113.9:8443/tcp',
      [
        'no rule allows 203.0.113.9 on port 8443/tcp',
        'rule payments allows 203.0.113.0/24 but only port 443/tcp',
      ],
    ],
    [
      '10.1.0.1',
      '203.0.113.200:443/tcp',
      [
        'no rule allows 203.0.113.200 on port 443/tcp',
        'rule payments allows payments (203.0.113.0/24) but 203.0.113.128/25 is excepted',
      ],
    ],
    [
      '10.2.0.1',
      '203.0.113.9:443/tcp',
      ['no rule allows 203.0.113.9 on port 443/tcp', 'rule payments allows it, but only from web'],
    ],
    [
      '10.2.0.1',
      '198.51.100.7:8731/tcp',
      [
        'no rule allows 198.51.100.7 on port 8731/tcp',
        'rule mirrors would allow it mon-fri 01:00-04:00 Europe/Berlin',
      ],
    ],
    [
      '10.2.0.1',
      '198.51.100.7:443/tcp',
      [
        'no rule allows 198.51.100.7 on port 443/tcp',
        'rule mirrors allows 198.51.100.7/32 but only ports 8730-8739/tcp',
      ],
    ],
    [
      '10.1.0.1',
      '192.0.2.1/icmp/echo-request',
      [
        'no rule allows 192.0.2.1 on icmp echo-request',
        'rule old would allow it but expired 2026-03-31T00:00:00Z',
      ],
    ],
    ['10.1.0.1', '198.51.100.66:80/tcp', ['198.51.100.66 is on deny list bad: known command and control']],
    ['10.1.0.1', '198.51.100.9:80/tcp', ['no rule allows 198.51.100.9 on port 80/tcp']],
    ['10.1.0.1', '224.0.0.251:5353/udp', ['the destination is of link scope: it cannot leave the link']],
  ])('%s to %s', (from, probe, sentences) => {
    expect(compiled.explain(flow(from, probe), NOW)).toEqual(sentences);
  });

  test('after NAT the end on a deny list is named', () => {
    const asked = flow('10.1.0.1', '203.0.113.9:443/tcp', { translated: parseAddress('198.51.100.66') });
    expect(compiled.explain(asked, NOW)).toEqual([
      '198.51.100.66 (after NAT) is on deny list bad: known command and control',
    ]);
  });

  test('after NAT the end that fails is named', () => {
    const asked = flow('10.1.0.1', '203.0.113.9:443/tcp', { translated: parseAddress('192.0.2.77') });
    expect(compiled.explain(asked, NOW)).toEqual([
      'no rule allows 192.0.2.77 (after NAT) on port 443/tcp',
      'rule old allows 192.0.2.0/24 but only icmp echo-request',
    ]);
  });
});
