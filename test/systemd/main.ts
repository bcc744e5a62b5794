/**
 * The service under a real systemd: `sudo node test/systemd/main.ts [DIR]`. Not part of `npm test`: it needs the Debian
 * packages debootstrap and systemd-container, and some minutes for the first run, which makes a Debian in DIR
 * (default /var/tmp/penstock-systemd; kept for the next run).
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { until } from '../network/waiting.ts';
import { Machine } from './machine.ts';
import { assertEngineGoesFirst } from './thread-priority.ts';

const CAP_NET_ADMIN = (1n << 12n).toString(16).padStart(16, '0');
/** WatchdogSec, then TimeoutStopSec for a process that does not react to SIGABRT, and some room. */
const WATCHDOG_MS = (30 + 15 + 30) * 1_000;
/** The most that `systemd-analyze security` may say, of 10. */
const MAX_EXPOSURE = 2;
const STATE = '/var/lib/private/penstock';
type Boot = 'open' | 'closed';

const BLOCKED = '198.51.100.66';
const BLOCKED6 = '2001:db8:66::66';
/** Of the machine, which is in the host group; by a rule; by no rule; by neverBlock. */
const OWN = { 4: '198.51.100.1', 6: '2001:db8:66::1' };
const FREE = { 4: '198.51.100.67', 6: '2001:db8:66::67' };
const OTHER = { 4: '198.51.100.68', 6: '2001:db8:66::68' };
const SPARED = { 4: '198.51.100.69', 6: '2001:db8:66::69' };

const machine = new Machine(process.argv[2] ?? '/var/tmp/penstock-systemd');

function policy(name: string, mode: 'respond' | 'enforce' = 'respond'): string {
  return `apiVersion: penstock/v1
kind: EgressPolicy
metadata: {name: ${name}, owner: netsec}
spec:
  mode: ${mode}
  hostGroups:
    web: {cidrs: [10.1.0.0/24, ${OWN[4]}/32, "${OWN[6]}/128"]}
  services:
    https: [{protocol: tcp, ports: [443]}]
    discard: [{protocol: tcp, ports: [9]}]
  rules:
    - {id: web-out, from: [web], to: {cidrs: [203.0.113.0/24]}, services: [https]}
    - {id: free, from: [web], to: {cidrs: [${FREE[4]}/32, "${FREE[6]}/128"]}, services: [discard]}
  neverBlock: {destinations: [${SPARED[4]}/32, "${SPARED[6]}/128"]}
  response: {default: {action: alert}}
`;
}

function configuration(boot: Boot): string {
  return `policy: policy.yaml\nlisten: 127.0.0.1:8731\nboot: ${boot}\n`;
}

function show(property: string): string {
  return machine.run('systemctl', 'show', '--property', property, '--value', 'penstock');
}

function api(method: string, path: string, body?: unknown): { policy: { name: string } } {
  const token = machine.run('cat', `${STATE}/admin.token`);
  const data = body === undefined ? [] : ['-H', 'content-type: application/json', '-d', JSON.stringify(body)];
  const url = `http://127.0.0.1:8731${path}`;
  const head = ['-sS', '--fail-with-body', '-X', method, '-H', `authorization: Bearer ${token}`];
  return JSON.parse(machine.run('curl', ...head, ...data, url));
}

function blocks(): string {
  return machine.run('nft', 'list', 'set', 'inet', 'penstock', 'destination4');
}

function assertNoToken(): void {
  const token = machine.run('cat', `${STATE}/admin.token`);
  const journal = machine.run('journalctl', '-u', 'penstock', '-o', 'cat', '_COMM=node-MainThread');
  assert.ok(!journal.includes(token), 'a token stands in the journal');
  for (const line of journal.split('\n')) assert.ok(JSON.parse(line)['@timestamp'], line);
}

function unit(property: string): string {
  return machine.run('systemctl', 'show', '--property', property, '--value', 'penstock-boot');
}

/** A neighbour that has all the addresses: it refuses connections, which shows that it was reached. */
function connectNeighbour(): void {
  machine.run('ip', 'netns', 'add', 'out');
  machine.run('ip', 'link', 'add', 'wan', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', 'out');
  const there = [BLOCKED, BLOCKED6, ...[FREE, OTHER, SPARED].flatMap((each) => Object.values(each))];
  const ends: [string[], string, string[]][] = [
    [[], 'wan', Object.values(OWN)],
    [['-n', 'out'], 'eth0', there],
  ];
  for (const [where, device, addresses] of ends) {
    for (const address of addresses) {
      const [length, flags] = address.includes(':') ? [64, ['nodad']] : [24, []];
      machine.run('ip', ...where, 'address', 'add', `${address}/${length}`, 'dev', device, ...flags);
    }
    machine.run('ip', ...where, 'link', 'set', device, 'up');
  }
}

function reaches(address: string): boolean {
  const script = `timeout 1 bash -c '</dev/tcp/${address}/9' 2>&1`;
  return machine.try('bash', '-c', script).includes('Connection refused');
}

const reached = () =>
  [[BLOCKED, BLOCKED6], ...[FREE, OTHER, SPARED].map((each) => Object.values(each))].map((addresses) =>
    addresses.map(reaches),
  );

/** What a boot lets through until the daemon is there: of what is blocked, free, other and spared. */
function bootStep(mode: 'respond' | 'enforce', boot: Boot, expected: boolean[]): [string, () => unknown] {
  const act = async () => {
    machine.write('/etc/penstock/penstock.yaml', configuration(boot));
    machine.write('/etc/penstock/policy.yaml', policy(`${mode}-${boot}`, mode));
    machine.run('systemctl', 'start', 'penstock');
    block(BLOCKED6);
    machine.run('systemctl', 'stop', 'penstock');
    await machine.powerOff();
    await machine.boot();
    assert.equal(unit('Result'), 'success');
    assert.equal(unit('ActiveState'), 'active');
    assert.equal(show('ActiveState'), 'inactive');
    assert.equal(machine.try('pgrep', '-c', 'node'), '0');
    assertBeforeNetwork();
    connectNeighbour();
    assert.deepEqual(
      reached(),
      expected.map((each) => [each, each]),
    );
    machine.run('systemctl', 'start', 'penstock');
    const withDaemon = [false, true, mode === 'respond', true];
    assert.deepEqual(
      reached(),
      withDaemon.map((each) => [each, each]),
    );
    machine.run('systemctl', 'stop', 'penstock');
    return `${boot}: ${expected.join(' ')}`;
  };
  return [`a boot in mode ${mode}, ${boot}: the last good ruleset before the network, without Node`, act];
}

function assertBeforeNetwork(): void {
  const target = machine.run('systemctl', 'show', '--property', 'Before', 'penstock-boot');
  assert.match(target, /network-pre\.target/);
  const loadedAt = Number(unit('ExecMainExitTimestampMonotonic'));
  const at = machine.run(
    'systemctl',
    'show',
    '--property',
    'ActiveEnterTimestampMonotonic',
    '--value',
    'network-pre.target',
  );
  assert.ok(loadedAt > 0 && loadedAt <= Number(at), `loaded at ${loadedAt}, network-pre.target at ${at}`);
}

function block(address: string): void {
  const prefix = `${address}/${address.includes(':') ? 128 : 32}`;
  api('POST', '/v1/decisions', {
    target: { kind: 'destination', prefix },
    ttlMs: 3_600_000,
    reason: 'a test',
  });
}

/** Do something that ends the process, and wait until another one is ready. @returns milliseconds */
async function untilAnother(end: () => void, timeoutMs: number): Promise<number> {
  const before = show('MainPID');
  const startedAtMs = Date.now();
  end();
  const isBack = () => show('MainPID') !== before && show('ActiveState') === 'active';
  await until('another process to be ready', isBack, { timeoutMs, everyMs: 50 });
  return Date.now() - startedAtMs;
}

const STEPS: [string, () => unknown][] = [
  [
    'systemctl start waits until it protects',
    () => {
      machine.run('sh', '-c', 'echo 0 > /proc/sys/net/netfilter/nf_conntrack_acct');
      machine.run('systemctl', 'start', 'penstock');
      assert.equal(show('ActiveState'), 'active');
      assert.match(show('StatusText'), /^protecting/);
      machine.run('nft', 'list', 'table', 'inet', 'penstock');
      assert.equal(machine.run('cat', '/proc/sys/net/netfilter/nf_conntrack_acct'), '1');
    },
  ],
  [
    'it is a dynamic user with one capability and no way to more',
    () => {
      const status = machine.run('cat', `/proc/${show('MainPID')}/status`);
      const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1];
      assert.ok(Number(field('Uid')) >= 61_184, `user ${field('Uid')}`);
      for (const name of ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
        assert.equal(field(name), CAP_NET_ADMIN, name);
      assert.equal(field('NoNewPrivs'), '1');
      assert.equal(field('Seccomp'), '2');
    },
  ],
  ['the thread that blocks goes first, and no other', () => assertEngineGoesFirst(machine)],
  [
    'compiled code is kept where systemd has room for it',
    async () => {
      const compiled = () => machine.try('find', '/var/cache/private/penstock', '-type', 'f', '-size', '+0');
      await until('compiled code in the cache', () => compiled() !== '');
    },
  ],
  [
    'nobody else reads its state',
    () => {
      assert.equal(machine.run('stat', '-c', '%a', STATE), '700');
      assert.equal(machine.run('find', STATE, '-type', 'f', '-perm', '/077'), '');
    },
  ],
  [
    'systemctl reload applies an edited policy and keeps the process',
    async () => {
      const before = show('MainPID');
      machine.write('/etc/penstock/policy.yaml', policy('edited'));
      machine.run('systemctl', 'reload', 'penstock');
      const isEdited = () => api('GET', '/v1/status').policy.name === 'edited';
      await until('the edited policy', isEdited);
      await until('the end of the reload', () => show('ActiveState') === 'active');
      assert.equal(show('MainPID'), before);
    },
  ],
  [
    'a bad policy is refused and the last one stays',
    async () => {
      machine.write('/etc/penstock/policy.yaml', 'apiVersion: penstock/v1\nkind: Nonsense\n');
      machine.run('systemctl', 'reload', 'penstock');
      const isRefused = () => machine.run('journalctl', '-u', 'penstock').includes('policy not used');
      await until('the refusal in the journal', isRefused);
      assert.equal(api('GET', '/v1/status').policy.name, 'edited');
      machine.write('/etc/penstock/policy.yaml', policy('edited'));
    },
  ],
  [
    'kill -9: it is back and the block stood all the time',
    async () => {
      block(BLOCKED);
      assert.match(blocks(), new RegExp(BLOCKED));
      const tookMs = await untilAnother(() => {
        machine.run('kill', '-9', show('MainPID'));
        assert.match(blocks(), new RegExp(BLOCKED));
      }, 30_000);
      assert.match(blocks(), new RegExp(BLOCKED));
      return `${tookMs} ms until ready`;
    },
  ],
  [
    'a process that hangs is replaced',
    async () => {
      const tookMs = await untilAnother(() => machine.run('kill', '-STOP', show('MainPID')), WATCHDOG_MS);
      assert.match(blocks(), new RegExp(BLOCKED));
      assert.match(machine.run('journalctl', '-u', 'penstock'), /Watchdog timeout/);
      return `${tookMs} ms until ready`;
    },
  ],
  ['the journal has JSON lines and no token', assertNoToken],
  [
    'systemctl stop is clean, and blocks stay until their time is over',
    () => {
      machine.run('systemctl', 'stop', 'penstock');
      assert.equal(show('Result'), 'success');
      assert.equal(show('ExecMainStatus'), '0');
      assert.match(blocks(), new RegExp(BLOCKED));
    },
  ],
  ['the unit for the boot can be enabled', () => void machine.run('systemctl', 'enable', 'penstock-boot')],
  bootStep('respond', 'open', [false, true, true, true]),
  bootStep('enforce', 'open', [false, true, false, true]),
  bootStep('respond', 'closed', [false, false, false, true]),
  [
    'systemd-analyze security',
    () => {
      const last =
        machine.run('systemd-analyze', 'security', '--no-pager', 'penstock').split('\n').at(-1) ?? '';
      const exposure = Number(/: ([0-9.]+) /.exec(last)?.[1]);
      assert.ok(exposure <= MAX_EXPOSURE, last);
      return `exposure ${exposure}`;
    },
  ],
];

for (const unit of ['penstock.service', 'penstock-boot.service'])
  machine.write(
    `/etc/systemd/system/${unit}`,
    readFileSync(new URL(`../../systemd/${unit}`, import.meta.url), 'utf8'),
  );
machine.write('/etc/penstock/penstock.yaml', configuration('open'));
machine.write('/etc/penstock/policy.yaml', policy('first'));
await machine.boot();
try {
  for (const [name, act] of STEPS) {
    const seen = await act();
    console.log(`ok  ${name}${typeof seen === 'string' ? `: ${seen}` : ''}`);
  }
} finally {
  await machine.powerOff();
}
