import { describe, expect, it } from 'vitest';
import { parsePrefix } from '../../../../src/address/prefix.ts';
import { beacon, learnt, proposalOf, type Told } from './flows.ts';

const groups = (all: readonly Told[], options = {}) =>
  proposalOf(all, options).hostGroups.map(({ name, cidrs }) => [name, ...cidrs]);
const told = (from: string, to: string): Told => ({ from, to });

describe('which hosts are ours', () => {
  it('private ones, when there are any', () => {
    const seen = [
      told('192.168.1.5', '9.9.9.9'),
      told('8.8.8.8', '192.168.1.5'),
      told('fd00::1', '2620:fe::fe'),
    ];
    expect(groups(seen)).toEqual([
      ['lan-192.168.1.0-24', '192.168.1.0/24'],
      ['lan-fd00-64', 'fd00::/64'],
    ]);
  });
  it('none that are of one link only', () => {
    expect(
      groups([told('10.0.0.1', '9.9.9.9'), told('169.254.7.7', '9.9.9.9'), told('fe80::1', 'ff02::1')]),
    ).toEqual([['lan-10.0.0.0-24', '10.0.0.0/24']]);
  });
  it('without private ones, those that the recording was made at', () => {
    const ours = ['147.32.83.234', '147.32.83.165'];
    const sites = ['1.1.1.1', '2.2.2.2', '3.3.3.3', '4.4.4.4'];
    const attackers = ['5.5.5.5', '6.6.6.6', '7.7.7.7'];
    const seen = ours.flatMap((own) => [
      ...attackers.map((from) => told(from, own)),
      ...sites.map((site) => told(own, site)),
    ]);
    const { proposal, text, verdict } = learnt(seen);
    expect(proposal.hostGroups).toMatchObject([
      { name: 'net-147.32.83.0-24', cidrs: ['147.32.83.234/32', '147.32.83.165/32'] },
    ]);
    expect(text).toContain('# The host groups are guessed');
    expect(verdict(told('147.32.83.234', '1.1.1.1')).kind).toBe('allow');
    expect(verdict(told('5.5.5.5', '147.32.83.234')).kind).toBe('exempt');
  });
  it('those that were named, seen or not', () => {
    const networks = ['9.1.0.0/16', '2a00::/16', '10.7.0.0/16'].map(parsePrefix);
    const seen = [told('9.1.2.3', '1.1.1.1'), told('10.1.1.1', '1.1.1.1'), told('2a00::1', '2620:fe::fe')];
    const proposal = proposalOf(seen, { networks });
    expect(proposal.hostGroups).toMatchObject([
      { name: 'net-9.1.0.0-16', cidrs: ['9.1.0.0/16'], hosts: 1 },
      { name: 'net-10.7.0.0-16', cidrs: ['10.7.0.0/16'], hosts: 0 },
      { name: 'net-2a00-16', cidrs: ['2a00::/16'], hosts: 1 },
    ]);
    expect(proposal.traffic.unlearnt.notOurs).toBe(1);
  });
  it('strangers are not watched', () => {
    const { proposal } = learnt([told('10.1.0.1', '9.9.9.9'), ...beacon('8.8.8.8', '5.6.7.8')]);
    expect(proposal.withheld.cases).toEqual([]);
  });
});

describe('how they are grouped', () => {
  it.each([
    [16, ['10.1.0.0/16']],
    [24, ['10.1.1.0/24', '10.1.2.0/24']],
    [32, ['10.1.1.1/32', '10.1.2.1/32']],
  ])('by /%i', (groupBits, expected) => {
    const seen = ['10.1.1.1', '10.1.2.1'].map((from) => told(from, '9.9.9.9'));
    expect(groups(seen, { groupBits }).flatMap(([, ...cidrs]) => cidrs)).toEqual(expected);
  });
  it('wider, and says so, when there are too many networks to tell apart', () => {
    const seen = Array.from({ length: 200 }, (_, i) => [
      told(`10.1.${i}.1`, '9.9.9.9'),
      told(`fd00:0:0:${i.toString(16)}::1`, '2620:fe::fe'),
    ]).flat();
    const { proposal, text, verdict } = learnt(seen);
    expect(proposal.hostGroups.length).toBeLessThanOrEqual(32);
    expect(text).toMatch(/# hosts seen: \d+; wider than \/24: there are more than 32 such networks/);
    for (const each of seen) expect(verdict(each).kind).toBe('allow');
  });
});
