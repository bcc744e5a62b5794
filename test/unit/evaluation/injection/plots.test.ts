import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../evaluation/injection/catalogue.ts';
import { summary } from '../../../evaluation/injection/cell.ts';
import { plots } from '../../../evaluation/injection/plots.ts';

const found = { detectedAfterMs: 90_000, noticedAfterMs: 60_000, evidence: ['beacon 0.80'] };
const missed = { detectedAfterMs: null, noticedAfterMs: null, evidence: [] };

describe('plots', () => {
  it('are drawn of every kind of attack', async () => {
    const cells = catalogue().map((experiment) => summary(experiment, [found, missed]));
    const drawn = await plots(cells);
    expect([...drawn.keys()].sort()).toEqual([
      'beacon.svg',
      'dead-controller.svg',
      'exfiltration-delay.svg',
      'exfiltration-size.svg',
      'odd-hours.svg',
      'scan.svg',
      'tunnel.svg',
    ]);
    for (const svg of drawn.values()) expect(svg).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
    // Half of the runs found, after a minute and a half.
    expect(drawn.get('scan.svg')).toContain('50 % found');
    expect(drawn.get('beacon.svg')).toContain('90 s');
  });

  it('do not mind that nothing was found, or nothing could be done', async () => {
    const cells = catalogue().map((experiment, i) => summary(experiment, i % 2 === 0 ? [missed] : []));
    expect((await plots(cells)).size).toBe(7);
  });
});
