/**
 * A small real network of namespaces: inside hosts, a gateway that routes and runs Penstock, outside servers.
 *
 *   inside hosts            gateway                       outside
 *   10.1.0.N/24     --- lan (bridge) 10.1.0.1
 *   fd00:1::N/64                     fd00:1::1
 *                       wan (bridge) 198.51.100.1  --- 198.51.100.N/24, 203.0.113.N/24
 *                                    203.0.113.1       2001:db8:66::N/64
 *                                    2001:db8:66::1
 *
 * Each network has its own namespaces, so tests run side by side. `destroy` ends what was started in it, by process
 * id, and removes the namespaces.
 */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { enterNamespace } from '../namespaces/thread.ts';

let networks = 0;

export interface Finished {
  status: number;
  stdout: string;
  stderr: string;
}

export class Network {
  readonly #prefix: string;
  readonly #namespaces: string[] = [];
  readonly #children = new Set<ChildProcess>();
  #links = 0;

  constructor(label: string) {
    networks += 1;
    this.#prefix = `ps-${label}-${process.pid}-${networks}`;
    this.#addNamespace('gateway');
    const addresses = {
      lan: ['10.1.0.1/24', 'fd00:1::1/64'],
      wan: ['198.51.100.1/24', '203.0.113.1/24', '2001:db8:66::1/64'],
    };
    for (const [bridge, own] of Object.entries(addresses)) {
      const commands = own.map((address) => `address add ${address} dev ${bridge}`);
      this.ip('gateway', `link add ${bridge} type bridge`, `link set ${bridge} up`, ...commands);
    }
    this.sysctl('gateway', 'net.ipv4.ip_forward', '1');
    this.sysctl('gateway', 'net.ipv6.conf.all.forwarding', '1');
    // What the bridge switches is not routed: keep it away from the inet hooks, as a switch would.
    for (const family of ['iptables', 'ip6tables'])
      this.sysctl('gateway', `net.bridge.bridge-nf-call-${family}`, '0');
  }

  /** An inside host with 10.1.0.`number` and fd00:1::`number`. */
  inside(name: string, number: number): this {
    const addresses = [`10.1.0.${number}/24`, `fd00:1::${number}/64`];
    return this.#host(name, 'lan', addresses, '10.1.0.1', 'fd00:1::1', stationOf(number));
  }

  /** An outside machine with addresses such as 198.51.100.66/24 and 2001:db8:66::66/64. */
  outside(name: string, addresses: string[]): this {
    const network = addresses.some((address) => address.startsWith('198.51.100.'))
      ? '198.51.100'
      : '203.0.113';
    return this.#host(name, 'wan', addresses, `${network}.1`, '2001:db8:66::1');
  }

  namespace(host: string): string {
    return `${this.#prefix}-${host}`;
  }

  /** Run a command on a host to its end; never through a shell. */
  run(
    host: string,
    command: string,
    args: string[],
    options: { timeout?: number; input?: string } = {},
  ): Finished {
    const done = spawnSync('ip', ['netns', 'exec', this.namespace(host), command, ...args], {
      encoding: 'utf8',
      timeout: options.timeout ?? 20_000,
      input: options.input ?? '',
    });
    if (done.error && (done.error as NodeJS.ErrnoException).code !== 'ETIMEDOUT') throw done.error;
    return { status: done.status ?? 124, stdout: done.stdout, stderr: done.stderr };
  }

  /** As {@link run}, but without blocking this process. */
  async runAsync(host: string, command: string, args: string[], timeout = 20_000): Promise<Finished> {
    const child = this.start(host, command, args);
    const output = { stdout: '', stderr: '' };
    child.stdout?.on('data', (chunk: Buffer) => {
      output.stdout += chunk;
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      output.stderr += chunk;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
    const status = await new Promise<number>((done) => child.once('close', (code) => done(code ?? 124)));
    clearTimeout(timer);
    return { status, ...output };
  }

  /** Start a command on a host; it is ended with the network. */
  start(host: string, command: string, args: string[], options: SpawnOptions = {}): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.namespace(host), command, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return child;
  }

  /** What commands started on the host from now on find in /etc/resolv.conf (`man ip-netns`). */
  nameServer(host: string, address: string): void {
    const folder = `/etc/netns/${this.namespace(host)}`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/resolv.conf`, `nameserver ${address}\n`);
  }

  /**
   * Move this thread to a host: what it opens from then on is opened there. Commands still reach every host. Leave
   * before {@link destroy}.
   */
  enter(host: string): Disposable {
    return enterNamespace(this.namespace(host));
  }

  /** `ip` commands without the word `ip`; the first that fails ends them. */
  ip(host: string, ...commands: string[]): void {
    const input = commands.map((command) => `${command}\n`).join('');
    execFileSync('ip', ['-n', this.namespace(host), '-batch', '-'], { input, stdio: 'pipe' });
  }

  sysctl(host: string, name: string, value: string): void {
    const path = `/proc/sys/${name.replaceAll('.', '/')}`;
    execFileSync('ip', ['netns', 'exec', this.namespace(host), 'tee', path], { input: value, stdio: 'pipe' });
  }

  async destroy(): Promise<void> {
    const gone = [...this.#children].map(
      (child) =>
        new Promise<void>((done) => (child.exitCode === null ? child.once('exit', () => done()) : done())),
    );
    for (const child of this.#children) child.kill('SIGKILL');
    await Promise.all(gone);
    for (const namespace of this.#namespaces) {
      for (const pid of pidsIn(namespace)) process.kill(pid, 'SIGKILL');
      spawnSync('ip', ['netns', 'del', namespace]);
      rmSync(`/etc/netns/${namespace}`, { recursive: true, force: true });
    }
  }

  #host(
    name: string,
    bridge: 'lan' | 'wan',
    addresses: string[],
    via4: string,
    via6: string,
    station?: string,
  ): this {
    this.#addNamespace(name);
    this.#links += 1;
    const port = `${bridge}${this.#links}`;
    this.ip(
      'gateway',
      `link add ${port} type veth peer name eth0 netns ${this.namespace(name)}`,
      `link set ${port} master ${bridge} up`,
    );
    this.ip(
      name,
      // Before anybody hears of it.
      ...(station === undefined ? [] : [`link set eth0 address ${station}`]),
      'link set eth0 up',
      ...addresses.map((address) => `address add ${address} dev eth0`),
      `route add default via ${via4}`,
      `route add default via ${via6}`,
    );
    return this;
  }

  #addNamespace(name: string): void {
    execFileSync('ip', ['netns', 'add', this.namespace(name)], { stdio: 'pipe' });
    this.#namespaces.push(this.namespace(name));
    this.ip(name, 'link set lo up');
    // Without duplicate address detection (RFC 4862) addresses are usable at once.
    for (const scope of ['all', 'default']) this.sysctl(name, `net.ipv6.conf.${scope}.accept_dad`, '0');
  }
}

/** Processes that still live in a namespace: those we started there and their children. */
function pidsIn(namespace: string): number[] {
  const listed = spawnSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' });
  return listed.stdout.split('\n').filter(Boolean).map(Number).filter(isAlive);
}

function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').length > 0;
  } catch {
    return false;
  }
}

/** Link-layer address of an inside machine: number 10 has 02:00:00:00:00:10. */
export function stationOf(number: number): string {
  return `02:00:00:00:00:${String(number).padStart(2, '0')}`;
}
