import { expect, it } from 'vitest';
import type { Notice } from '../../../src/engine/commands.ts';
import { goFirst } from '../../../src/engine/priority.ts';

it('says so where it must not go first, and goes on', () => {
  const told: Notice[] = [];
  const refuse = () => {
    throw new Error('EACCES: permission denied');
  };
  goFirst((notice) => told.push(notice), refuse);
  expect(told).toEqual([
    {
      notice: 'log',
      level: 'info',
      message: expect.stringContaining('LimitNICE=-10'),
      fields: { error: 'EACCES: permission denied' },
    },
  ]);
});
