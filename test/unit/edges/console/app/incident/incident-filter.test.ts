import { describe, expect, it } from 'vitest';
import {
  choiceIn,
  filterOf,
  fits,
  searchOf,
} from '../../../../../../src/edges/console/app/incident/incident-filter.ts';
import type { Incident } from '../../../../../../src/edges/console/app/words.ts';
import { anomaly } from '../../../../ledger/samples.ts';

const incident = anomaly(7) as Incident;

describe('a filter of incidents', () => {
  it.each([
    [{}, true],
    [{ state: 'open' }, true],
    [{ state: 'closed' }, false],
    [{ severity: 'high' }, true],
    [{ severity: 'low' }, false],
    [{ host: '10.1.0.10' }, true],
    [{ host: '10.1.0.1' }, false],
    [{ detector: 'beacon' }, true],
    [{ detector: 'volume' }, false],
  ] as const)('%j: %s', (filter, expected) => {
    expect(fits(incident, filter)).toBe(expected);
  });
  it('finds a detector among the evidence, as the API does', () => {
    expect(incident.cause).toBe('beacon');
    expect(fits(incident, { detector: 'scan' })).toBe(true);
  });
  it('stands in the address of the page, and only what differs from the usual', () => {
    const search = 'severity=high&detector=beacon&host=10.1.0.10';
    expect(searchOf(choiceIn(new URLSearchParams(search))).toString()).toBe(search);
    expect(searchOf(choiceIn(new URLSearchParams('state=open'))).toString()).toBe('');
  });
  it('takes an address as it is, whatever stands in it', () => {
    const choice = choiceIn(
      new URLSearchParams(`state=x&severity=<b>&detector=__proto__&host=${'9'.repeat(99)}`),
    );
    expect(choice).toEqual({ state: 'open', severity: 'all', detector: 'all', host: '9'.repeat(64) });
  });
  it('asks for no host while its address is being typed', () => {
    const typed = (host: string) => filterOf({ state: 'all', severity: 'all', detector: 'all', host });
    expect(typed('10.1.0')).toEqual({});
    expect(typed(' 10.1.0.10 ')).toEqual({ host: '10.1.0.10' });
    expect(typed('FD00:1::10')).toEqual({ host: 'fd00:1::10' });
    expect(typed('mira')).toEqual({});
  });
});
