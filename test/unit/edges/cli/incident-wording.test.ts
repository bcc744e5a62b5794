import { describe, expect, it } from 'vitest';
import { describeIncident } from '../../../../src/edges/cli/incident-wording.ts';
import { PLAIN } from '../../../../src/edges/cli/look.ts';
import { anomaly, evidence, incident } from '../../ledger/samples.ts';

const lines = (text: string) => text.split('\n').map((line) => line.replaceAll(/ {2,}/g, '  '));

describe('an incident for a person', () => {
  it('of the policy has its reasons and no evidence', () => {
    const told = lines(describeIncident(incident(1), PLAIN));
    expect(told).toEqual(
      expect.arrayContaining([
        'score  1.00',
        'cause  denyList known-c2',
        `reason  ${incident(1).reasons[0]}`,
      ]),
    );
    expect(told).not.toContain('');
  });
  it('of a detector has its whole story, and the evidence as a table with what each said', () => {
    const [known, table, said] = describeIncident(anomaly(1), PLAIN).split('\n\n').map(lines);
    expect(known.slice(-4)).toEqual([
      'happened  10.1.0.10 called 198.51.100.66 every 60 s, 20 times',
      'normal  it calls nobody at regular times',
      'meaning  Malware asks its controller for orders like this.',
      'to do  Find out which program it is.',
    ]);
    expect(table[0]).toMatch(/EVIDENCE {2}SURE {2}DESTINATION {2}SERVICE {2}COUNT/);
    expect(table[1]).toMatch(/^1 {2}beacon {2}0\.93 {2}198\.51\.100\.66 {2}443\/tcp {2}4 {2}/);
    expect(table[2]).toMatch(/^2 {2}scan {2}0\.60 {2}many {2}- {2}4 {2}/);
    expect(said).toEqual([
      `1 happened  ${evidence().happened}`,
      `1 normal  ${evidence().normal}`,
      '2 happened  12 hosts on tcp/445 did not answer',
      `2 normal  ${evidence().normal}`,
    ]);
  });
  it('is safe for a terminal whatever a story says', () => {
    const story = { happened: '\u001b[2J', normal: '\u202e', meaning: '\n', advice: '\u009b' };
    const hostile = anomaly(1, {
      story,
      evidence: [evidence({ happened: '\u001b]0;x\u0007', normal: '\r' })],
    });
    expect(describeIncident(hostile, { ...PLAIN, width: 80 })).not.toMatch(/(?!\n)\p{Cc}|\p{Cf}/u);
  });
});
