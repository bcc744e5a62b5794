import { describe, expect, it } from 'vitest';
import { checksOf, isWell } from '../../../../../../src/edges/console/app/overview/health.ts';
import { NOON, STATUS } from '../../../api/samples.ts';

const WELL = {
  ...STATUS,
  kernel: { ...STATUS.kernel },
  version: '1',
  alerts: { sinks: 2, failing: [] },
} as unknown as Parameters<typeof checksOf>[0];

function check(name: string, changes: object) {
  return checksOf({ ...WELL, ...changes } as typeof WELL, NOON).find((one) => one.name === name);
}

describe('health', () => {
  it('is well when all is', () => {
    expect(isWell(WELL, NOON)).toBe(true);
    expect(checksOf(WELL, NOON).map(({ tone }) => tone)).not.toContain('critical');
  });
  it.each([
    ['Kernel table', { kernel: { ...WELL.kernel, table: 'failed', error: 'EPERM' } }, 'EPERM'],
    [
      'Drift',
      { kernel: { ...WELL.kernel, contestedBy: ['firewalld'] } },
      'firewalld changes the table again and again',
    ],
    ['Conntrack', { conntrack: { ...WELL.conntrack, hooksRegistered: false } }, 'no hook is registered'],
    ['Ledger', { ledgerError: 'disk full' }, 'disk full'],
    [
      'Automation',
      { breaker: { state: 'open', sinceMs: 1, actor: 'mira', reason: 'maintenance' } },
      'mira: maintenance',
    ],
    ['Allowlist', { allowlist: { generation: 1, elements: 0, error: 'too large' } }, 'too large'],
    ['Alerts', { alerts: { sinks: 2, failing: ['siem'] } }, 'waiting for siem'],
    ['Deny lists', { denyLists: { state: 'failed', ranges: 0, error: 'no memory' } }, 'no memory'],
  ])('%s that fails needs somebody', (name, changes, words) => {
    expect(check(name, changes)).toMatchObject({ tone: 'critical', words });
    expect(isWell({ ...WELL, ...changes } as typeof WELL, NOON)).toBe(false);
  });
  it('tells what was lost without calling for somebody', () => {
    const conntrack = { ...WELL.conntrack, lost: 3, resyncs: 3 };
    expect(check('Conntrack', { conntrack })).toMatchObject({ tone: 'medium', word: '3 times lost' });
  });
});
