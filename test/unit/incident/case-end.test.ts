import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { HOST, HOUR, incidentOf, NOW, newBook, QUIET } from './case.ts';

describe('the end of a case', () => {
  it('is quiet, after the time that it takes and not before', () => {
    const { book, observe } = newBook({ quietMs: QUIET });
    observe({ host: '10.0.0.1' }, NOW);
    observe({ host: '10.0.0.2' }, NOW + HOUR);
    observe({ host: '10.0.0.3', confidence: 0.1 }, NOW);
    expect(book.sweep(NOW + QUIET - 1)).toEqual([]);
    const closures = book.sweep(NOW + QUIET);
    expect(closures.map(({ incident, reason }) => [incident.id, incident.state, reason])).toEqual([
      ['I1', 'closed', 'quiet for 24 hours'],
    ]);
    expect(book.size).toBe(1);
    observe({ host: '10.0.0.2' }, NOW + QUIET);
    expect(book.sweep(NOW + 2 * QUIET - 1)).toEqual([]);
    expect(book.sweep(NOW + 2 * QUIET)).toHaveLength(1);
  });

  it('is a person’s word, once', () => {
    const { book, observe } = newBook();
    observe({});
    expect(book.close('I1', 'looked into')).toMatchObject({
      reason: 'looked into',
      incident: { id: 'I1', state: 'closed' },
    });
    expect(book.close('I1', 'again')).toBeUndefined();
    expect(book.close('I9', 'never was')).toBeUndefined();
    expect([book.size, book.scoreOf(parseAddress(HOST)), book.get('I1')]).toEqual([0, 0, undefined]);
    expect(observe({})).toMatchObject({ kind: 'opened', incident: { id: 'I2', count: 1 } });
  });

  it('is told to whoever asks to be told, with the host', () => {
    const closed: string[] = [];
    const { book, observe } = newBook({ maxCases: 2, onClosed: ({ d }) => closed.push(`10.0.0.${d & 255}`) });
    for (const host of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) observe({ host });
    book.close('I2', 'asked');
    book.sweep(NOW + QUIET);
    expect(closed).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
  });

  it('by a clock that was set back does not keep others open, nor a busy case closed', () => {
    const { book, observe } = newBook({ quietMs: QUIET });
    const year = 365 * QUIET;
    observe({ host: '10.0.0.1' }, NOW + year);
    observe({ host: '10.0.0.2' }, NOW + year);
    observe({ host: '10.0.0.2' }, NOW);
    observe({ host: '10.0.0.3' }, NOW);
    expect(book.sweep(NOW + HOUR).map(({ incident }) => incident.id)).toEqual(['I1']);
    expect(book.sweep(NOW + QUIET).map(({ incident }) => incident.id)).toEqual(['I2', 'I3']);
  });

  it('leaves no span below zero behind when the clock was set back', () => {
    const { observe } = newBook();
    observe({}, NOW + 365 * QUIET);
    for (const text of [{}, { confidence: 0.7 }]) {
      const { firstSeenMs, lastSeenMs, evidence } = incidentOf(observe(text, NOW));
      expect([firstSeenMs, lastSeenMs]).toEqual([NOW, NOW]);
      expect(evidence).toMatchObject([{ firstSeenMs: NOW, lastSeenMs: NOW }]);
    }
  });
});
