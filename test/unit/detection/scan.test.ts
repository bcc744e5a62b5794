import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isVerdict, nextRatio, type ScanFacts, scan } from '../../../src/detection/scan.ts';
import { confidences, expectSurer, expectWords } from './confidences.ts';
import { defaultsOf } from './settings.ts';

const SETTINGS = defaultsOf('scan');
const { minTargets } = SETTINGS;

/** The ratio after first contacts that come out so: `x` failed, `.` answered. */
function ratioOf(contacts: string): number {
  return [...contacts].reduce((ratio, contact) => nextRatio(ratio, contact === 'x'), 0);
}

const facts = (change: Partial<ScanFacts> = {}): ScanFacts => ({
  ratio: ratioOf('x'.repeat(minTargets)),
  service: 'tcp/22',
  web: false,
  hosts: minTargets,
  address: '203.0.113.9',
  ports: 1,
  failed: minTargets,
  contacts: minTargets + 1,
  spanS: 60,
  othersAnswer: true,
  atTheDoor: false,
  ...change,
});
const judge = (change: Partial<ScanFacts>) => scan(facts(change), SETTINGS);

describe('the sequential test', () => {
  it.each<[string, string, boolean]>([
    ['nothing', '', false],
    ['three failures', 'xxx', false],
    ['four failures in a row', 'xxxx', true],
    ['as many answers as failures', 'x.'.repeat(50), false],
    ['one failure in five, as honest hosts have', 'x....'.repeat(40), false],
    ['one answer in five, as scanners have', '.xxxx'.repeat(5), true],
    ['a scan after any number of answers', '.'.repeat(10_000) + 'x'.repeat(8), true],
    ['a scan that is over, and as many answers as it takes', 'x'.repeat(1_000) + '.'.repeat(30), false],
  ])('of %s', (_, contacts, verdict) => {
    expect(isVerdict(ratioOf(contacts))).toBe(verdict);
  });

  it('never lowers a ratio for a failure nor raises it for an answer, and stays within bounds', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 200, size: 'max' }), (outcomes) => {
        let ratio = 0;
        for (const failed of outcomes) {
          const next = nextRatio(ratio, failed);
          expect(Math.sign(next - ratio)).not.toBe(failed ? -1 : 1);
          expect(Math.abs(next)).toBeLessThan(30);
          ratio = next;
        }
      }),
    );
  });
});

describe('what is said', () => {
  it('is nothing without the verdict of the test, however many failed', () => {
    expect(judge({ ratio: ratioOf('xxx'), hosts: 90, failed: 90 })).toBeUndefined();
  });

  it('is more the more hosts are tried', () => {
    const hosts = [1, 3, minTargets - 1, minTargets, 2 * minTargets, 5 * minTargets];
    expectSurer(hosts.map((count) => judge({ hosts: count })));
  });

  it('is more the more ports are tried', () => {
    const ports = [2, minTargets - 1, minTargets, 5 * minTargets];
    expectSurer(ports.map((count) => judge({ hosts: 1, ports: count })));
  });

  it('is never less for more targets when nothing else answers', () => {
    const hosts = Array.from({ length: 5 * minTargets }, (_, i) => i + 1);
    expectSurer(hosts.map((count) => judge({ hosts: count, othersAnswer: false })));
    for (const count of hosts) {
      const [alone, among] = confidences([
        judge({ hosts: count, othersAnswer: false }),
        judge({ hosts: count }),
      ]);
      expect(alone).toBeLessThanOrEqual(among);
    }
  });

  it.each<[string, Partial<ScanFacts>]>([
    ['on the web’s ports, where a hiccup fails a whole page', { web: true }],
    ['when nothing else answers, as in a network that is down', { othersAnswer: false }],
    ['by somebody outside at one door of ours', { atTheDoor: true }],
  ])('is less %s', (_, change) => {
    expectSurer([judge(change), judge({})]);
  });

  it('is sure of many ports of one web server too', () => {
    const [web, other] = confidences([
      judge({ hosts: 1, ports: 40, web: true }),
      judge({ hosts: 1, ports: 40 }),
    ]);
    expect(web).toBe(other);
  });

  it('needs more targets when the settings say so', () => {
    const stricter = { ...SETTINGS, minTargets: 4 * minTargets };
    expectSurer([scan(facts(), stricter), scan(facts(), SETTINGS)]);
  });

  it.each<[string, Partial<ScanFacts>, string[]]>([
    ['across', { hosts: 47 }, ['tried 47 addresses on tcp/22', '60 s', '10 of its last 11', '91 %']],
    ['up and down', { hosts: 1, ports: 33 }, ['tried 33 ports of 203.0.113.9']],
    ['of nothing that is remembered', { failed: 0, contacts: 0 }, ['0 of its last 0']],
  ])('holds the numbers of a scan %s', (_, change, words) => {
    expectWords(judge(change), words);
  });
});
