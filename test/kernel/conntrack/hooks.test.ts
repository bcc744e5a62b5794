import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conntrackHooks } from '../../../src/conntrack/hooks.ts';
import { prepareConntrack } from '../../../src/conntrack/preparation.ts';
import { ConntrackSocket } from '../../../src/conntrack/socket.ts';
import { ThreadNamespace } from '../../namespaces/thread.ts';

let namespace: ThreadNamespace;
beforeEach(() => {
  namespace = new ThreadNamespace();
});
afterEach(() => namespace[Symbol.dispose]());

const USES_CT = `
table FAMILY tracked {
  chain output {
    type filter hook output priority filter
    ct state new accept
  }
}
`;

describe('conntrackHooks', () => {
  it('are not registered without a rule that uses ct, and are with one', async () => {
    expect(['absent', 'unseen']).toContain(await conntrackHooks(4));
    expect(['absent', 'unseen']).toContain(await conntrackHooks(6));
    namespace.nft(USES_CT.replace('FAMILY', 'inet'));
    expect([await conntrackHooks(4), await conntrackHooks(6)]).toEqual(['registered', 'registered']);
    namespace.nft('delete table inet tracked');
    expect(await conntrackHooks(4)).not.toBe('registered');
  });

  it('are told by family', async () => {
    namespace.nft(USES_CT.replace('FAMILY', 'ip'));
    expect(await conntrackHooks(4)).toBe('registered');
    expect(await conntrackHooks(6)).not.toBe('registered');
  });

  it('leave no entry of the probe behind', async () => {
    namespace.nft(USES_CT.replace('FAMILY', 'inet'));
    await conntrackHooks(4);
    using socket = ConntrackSocket.open({ events: [] });
    expect(socket.dump({}, () => undefined).entries).toBe(0);
  });

  it('are not seen when loopback is down', async () => {
    namespace.run('ip', 'link', 'set', 'lo', 'down');
    expect(['absent', 'unseen']).toContain(await conntrackHooks(4));
  });
});

describe('prepareConntrack', () => {
  it("sets this thread's namespace and no other", () => {
    const acct = () => readFileSync('/proc/sys/net/netfilter/nf_conntrack_acct', 'utf8');
    expect(acct()).toBe('0\n');
    expect(prepareConntrack()[0]).toEqual({ name: 'nf_conntrack_acct', before: '0', changed: true });
    expect(prepareConntrack().some(({ changed }) => changed)).toBe(false);
    expect(acct()).toBe('1\n');
    const other = new ThreadNamespace();
    expect(acct()).toBe('0\n');
    other[Symbol.dispose]();
    expect(acct()).toBe('1\n');
  });
});
