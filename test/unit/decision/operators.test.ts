import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../../src/address/address.ts';
import { KEPT_MS, type OperatorPath, Operators } from '../../../src/decision/operators.ts';

const NOW = 1e12;
const path = (address: string, change: Partial<OperatorPath> = {}): OperatorPath => ({
  address,
  via: 'api',
  local: '10.1.0.1',
  port: 8731,
  ...change,
});
const protectedBy = (operators: Operators, nowMs: number) => operators.addresses(nowMs).map(formatAddress);

describe('operators', () => {
  it('are protected for a while after they were last seen', () => {
    const operators = new Operators();
    operators.note(path('10.1.0.10'), 'ann', NOW);
    operators.note(path('fd00::10'), 'ann', NOW + 1_000);
    expect(protectedBy(operators, NOW + KEPT_MS - 1)).toEqual(['10.1.0.10', 'fd00::10']);
    expect(protectedBy(operators, NOW + KEPT_MS)).toEqual(['fd00::10']);
    expect(protectedBy(operators, NOW + KEPT_MS + 1_000)).toEqual([]);
    expect(operators.current(NOW + KEPT_MS + 1_000)).toEqual([]);
  });

  it('are news when they are new, and again when half of the time is over', () => {
    const operators = new Operators();
    expect(operators.note(path('10.1.0.10'), 'ann', NOW)).toEqual({
      ...path('10.1.0.10'),
      actor: 'ann',
      untilMs: NOW + KEPT_MS,
    });
    expect(operators.note(path('10.1.0.10'), 'ann', NOW + 1)).toBeUndefined();
    expect(operators.note(path('10.1.0.10', { via: 'ssh', port: 22 }), 'ann', NOW + 1)).toBeDefined();
    expect(operators.note(path('10.1.0.10'), 'ben', NOW + 1)).toBeDefined();
    expect(operators.note(path('10.1.0.10'), 'ann', NOW + KEPT_MS / 2)).toBeUndefined();
    expect(operators.note(path('10.1.0.10'), 'ann', NOW + 1 + KEPT_MS)).toMatchObject({
      untilMs: NOW + 1 + 2 * KEPT_MS,
    });
  });

  it('name an address once, however often it is known', () => {
    const operators = new Operators();
    operators.note(path('10.1.0.10'), 'ann', NOW);
    operators.note(path('10.1.0.10', { via: 'ssh', port: 22 }), 'ann', NOW);
    operators.note(path('10.1.0.10'), 'ben', NOW);
    expect(protectedBy(operators, NOW)).toEqual(['10.1.0.10']);
    expect(operators.current(NOW)).toHaveLength(3);
  });

  it('cannot push out what others are protected by', () => {
    const operators = new Operators();
    operators.note(path('10.9.9.9'), 'ben', NOW);
    for (let i = 0; i < 1_000; i++) operators.note(path(`fd00::${i.toString(16)}`), 'ann', NOW + i);
    expect(protectedBy(operators, NOW + 1_000)).toContain('10.9.9.9');
    expect(operators.current(NOW + 1_000).filter(({ actor }) => actor === 'ann')).toHaveLength(16);
    expect(protectedBy(operators, NOW + 1_000)).toContain('fd00::3e7');
  });

  it('are bounded in all: the one seen longest ago goes first', () => {
    const operators = new Operators();
    for (let i = 0; i < 300; i++) operators.note(path(`fd00::${i.toString(16)}`), `token-${i}`, NOW + i);
    expect(operators.current(NOW + 300)).toHaveLength(256);
    expect(protectedBy(operators, NOW + 300)).not.toContain('fd00::2b');
    expect(protectedBy(operators, NOW + 300)).toContain('fd00::2c');
  });

  it('are taken back from a record with the time that they have left', () => {
    const operators = new Operators();
    operators.restore({ ...path('10.1.0.10'), actor: 'ann', untilMs: NOW + 5_000 });
    expect(protectedBy(operators, NOW)).toEqual(['10.1.0.10']);
    expect(protectedBy(operators, NOW + 5_000)).toEqual([]);
  });
});
