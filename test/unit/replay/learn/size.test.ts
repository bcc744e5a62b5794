/** What one file holds bounds what is learnt. */
import { describe, expect, it } from 'vitest';
import { Contacts } from '../../../../src/replay/learn/contacts.ts';
import { fitFile } from '../../../../src/replay/learn/file-budget.ts';
import { findOwnHosts } from '../../../../src/replay/learn/own-hosts.ts';
import { draftRules } from '../../../../src/replay/learn/rule-draft.ts';
import { Traffic } from '../../../../src/replay/learn/traffic.ts';
import { Withholding } from '../../../../src/replay/learn/withholding.ts';
import { flow, learnt, OPTIONS, recording, scan, type Told } from './flows.ts';

const HOST = '10.1.0.10';
const HOST6 = 'fd00:1::10';
/** Spread over all of the address space, so that hardly two share a /16. */
const spread = (count: number, more: Partial<Told> = {}): Told[] =>
  Array.from({ length: count }, (_, i) => {
    const number = 0x0b000000 + ((i * 2_654_435_761) % 0xb0000000);
    const bytes = [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256);
    return { from: HOST, to: bytes.join('.'), at: i % 3_600, ...more };
  });

describe('big recordings', { timeout: 120_000 }, () => {
  it('ten thousand destinations make a file that allows them all', () => {
    const seen = spread(10_000);
    const { proposal, text, verdict } = learnt(seen);
    expect(Buffer.byteLength(text)).toBeLessThan(2 ** 20);
    expect(proposal.traffic.learnt + proposal.traffic.unlearnt.linkScope).toBe(10_000);
    expect(seen.filter((each) => verdict(each).kind === 'deny')).toEqual([]);
  });
  it('what one file cannot hold is left out, the rarest first, and counted', () => {
    // As long as a network can be written, and no two of one /32.
    const rare = Array.from({ length: 18_000 }, (_, i) => ({
      from: HOST6,
      to: `${(0x2a00 + (i >> 12)).toString(16)}:${(0x1111 + i * 13).toString(16).slice(-4)}:aaaa:bbbb:cccc:dddd:eeee:ffff`,
    }));
    const common = rare.slice(0, 200).map((each) => ({ ...each, at: 4_000 }));
    const { proposal, text, verdict } = learnt([...rare, ...common]);
    expect(Buffer.byteLength(text)).toBeLessThan(2 ** 20);
    const { leftOut } = proposal.traffic.unlearnt;
    expect(leftOut).toBeGreaterThan(0);
    expect(text).toContain(`#   ${leftOut} BEYOND WHAT ONE FILE HOLDS`);
    const denied = [...rare, ...common].filter((each) => verdict(each).kind === 'deny');
    expect(denied).toHaveLength(leftOut);
    expect(common.filter((each) => verdict(each).kind === 'deny')).toEqual([]);
  });
  it('hosts, services and destinations without end still make a file', () => {
    const seen = Array.from({ length: 12_000 }, (_, i): Told => {
      const to =
        i % 3 === 0 ? `2a00:${(i % 999).toString(16)}:${(i % 7919).toString(16)}::${i.toString(16)}` : '';
      const from = to ? `fd00:0:${(i % 64).toString(16)}::1` : `10.${i % 64}.0.1`;
      const kinds: Partial<Told>[] = [
        { protocol: 6, port: 1 + (i % 65_535) },
        { protocol: i % 256, port: 0 },
        { protocol: to ? 58 : 1, icmp: i % 256 },
        { protocol: 17, port: 1 + ((i * 7) % 65_535) },
      ];
      return { from, to: to || `9.${i % 250}.${(i * 3) % 256}.${i % 5}`, ...kinds[i % 4] };
    });
    const { text, proposal } = learnt(seen);
    expect(Buffer.byteLength(text)).toBeLessThan(2 ** 20);
    expect(proposal.traffic.learnt).toBeGreaterThan(0);
  });
});

describe('limits', () => {
  it('what is withheld is listed in part, and denied as a whole', () => {
    const open = Array.from({ length: 3_000 }, (_, i) => ({
      from: HOST,
      to: '9.9.9.9',
      port: i + 1,
      at: 7_000 + i,
    }));
    const answered = Array.from({ length: 90 }, (_, i) => ({
      from: HOST,
      to: `9.8.7.${i}`,
      port: 445,
      at: 9_000,
    }));
    const { proposal, text, verdict } = learnt([...scan(HOST), ...open, ...answered]);
    const rules = proposal.withheld.cases.flatMap((each) => each.rules);
    expect(Math.max(...rules.map(({ services }) => services.length))).toBe(32);
    expect(Math.max(...rules.map(({ networks }) => networks.length))).toBe(32);
    expect(text).toMatch(/29[0-9]{2} services more are not listed/);
    expect(text).toMatch(/5[0-9] addresses more are not listed/);
    expect([...open, ...answered].filter((each) => verdict(each).kind !== 'deny')).toEqual([]);
  });
  it('contacts beyond the limit are not kept, those that are known still count', () => {
    const contacts = new Contacts(2);
    const host = { number: 0, group: 0, address: flow({ from: HOST, to: HOST }).source };
    const see = (to: string) => contacts.see(flow({ from: HOST, to }), host, 443);
    expect(['1.1.1.1', '2.2.2.2', '3.3.3.3', '1.1.1.1'].map(see)).toEqual([true, true, false, true]);
    expect([...contacts.all()].map(({ seen }) => seen.hits)).toEqual([2, 1]);
  });
  it('a file without room holds what was seen the most', () => {
    const flows = recording([
      ...Array.from({ length: 9 }, (_, i) => ({ from: HOST, to: `${i + 1}.1.1.1` })),
      ...Array.from({ length: 5 }, () => ({ from: HOST, to: '7.1.1.1' })),
    ]);
    const hosts = findOwnHosts(flows, OPTIONS);
    const { answered } = new Traffic(flows, hosts);
    const drafts = draftRules(new Withholding(answered.all(), [], hosts), hosts.groups);
    const { drafts: fitted, leftOut } = fitFile(drafts, { bytes: 1_300, values: 100 });
    expect(leftOut).toBe(8);
    expect(fitted.flatMap(({ networks }) => networks.map(({ seen }) => seen.hits))).toEqual([6]);
  });
});
