import { describe, expect, it } from 'vitest';
import { type ReadProcess, sshSession } from '../../../../src/edges/cli/ssh-session.ts';

const SESSION = '10.1.0.10 50022 10.1.0.1 22';

/** Processes by id: what they were started with, and who started them. */
const tree =
  (processes: Record<number, { environ?: string; parent: number; name?: string }>): ReadProcess =>
  (pid, file) => {
    const found = processes[pid];
    if (found === undefined) return undefined;
    return file === 'environ' ? found.environ : `${pid} (${found.name ?? 'sh'}) S ${found.parent} 0 0`;
  };

describe('the session that a command is typed in', () => {
  it('is what its own environment says', () => {
    expect(sshSession({ SSH_CONNECTION: SESSION }, () => undefined)).toBe(SESSION);
  });

  it('is what a process above says, under sudo', () => {
    const read = tree({
      50: { environ: 'PATH=/bin\0', parent: 40, name: 'sudo) S 1' },
      40: { environ: `HOME=/root\0SSH_CONNECTION=${SESSION}\0TERM=x\0`, parent: 1 },
    });
    expect(sshSession({}, read, 50)).toBe(SESSION);
  });

  it.each<[string, ReadProcess]>([
    [
      'nobody came by ssh',
      tree({ 50: { environ: 'PATH=/bin\0', parent: 40 }, 40: { environ: '', parent: 1 } }),
    ],
    ['nothing can be read', () => undefined],
    ['processes go round in a circle', tree({ 50: { environ: '', parent: 50 } })],
    ['another variable ends like it', tree({ 50: { environ: `MY_SSH_CONNECTION=${SESSION}\0`, parent: 1 } })],
  ])('is none when %s', (_, read) => {
    expect(sshSession({}, read, 50)).toBeUndefined();
  });

  it.each(['', 'x', `${SESSION} 1`, '10.1.0.10 50022 10.1.0.1', '10.1.0.10\r\nX: 1 2 10.1.0.1 22'])(
    'is none when the variable holds something else: %j',
    (SSH_CONNECTION) => {
      expect(sshSession({ SSH_CONNECTION }, () => undefined)).toBeUndefined();
    },
  );
});
