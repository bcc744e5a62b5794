/** A Debian with systemd as its first process, in a container with a network of its own. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { until } from '../network/waiting.ts';

const CHECKOUT = new URL('../..', import.meta.url).pathname;
const PACKAGES = 'systemd,systemd-sysv,dbus,nftables,libnftables1,libatomic1,iproute2,procps,curl';
const MIRROR = process.env.DEBIAN_MIRROR ?? 'http://deb.debian.org/debian';
const ENVIRONMENT = ['env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'SYSTEMD_PAGER=', 'LC_ALL=C.UTF-8'];

export class Machine {
  readonly #root: string;
  #container: ChildProcess | undefined;
  #leader = 0;

  /** `root` is made unless it is there, which takes some minutes. */
  constructor(root: string) {
    this.#root = root;
    if (existsSync(join(root, 'etc/debian_version'))) return;
    execFileSync('debootstrap', ['--variant=minbase', `--include=${PACKAGES}`, 'bookworm', root, MIRROR], {
      stdio: 'inherit',
    });
  }

  write(path: string, text: string): void {
    const place = join(this.#root, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text);
  }

  /** Boot, with the checkout read-only in /opt/penstock, and wait until systemd has started all. */
  async boot(): Promise<void> {
    const flags = ['--register=no', '--keep-unit', '--private-network', '--quiet', '--console=pipe'];
    const container = spawn(
      'systemd-nspawn',
      ['-D', this.#root, ...flags, `--bind-ro=${CHECKOUT}:/opt/penstock`, '-b'],
      { stdio: 'ignore' },
    );
    this.#container = container;
    const started = () => {
      if (container.exitCode !== null) throw new Error(`systemd-nspawn ended with ${container.exitCode}`);
      this.#leader = childOf(container.pid as number);
      return this.#leader > 0 && /^(running|degraded)$/.test(this.try('systemctl', 'is-system-running'));
    };
    await until('the machine to boot', started, { timeoutMs: 120_000, everyMs: 200 });
    this.run('ip', 'link', 'set', 'lo', 'up');
  }

  /** Run a command in the machine and return what it prints. */
  run(...command: string[]): string {
    return execFileSync('nsenter', this.#enter(command), { encoding: 'utf8', timeout: 120_000 }).trim();
  }

  /** As {@link run}, whatever its exit status. */
  try(...command: string[]): string {
    return spawnSync('nsenter', this.#enter(command), { encoding: 'utf8', timeout: 120_000 }).stdout.trim();
  }

  async powerOff(): Promise<void> {
    const container = this.#container;
    if (container === undefined || container.exitCode !== null) return;
    this.try('systemctl', 'poweroff');
    const gone = () => container.exitCode !== null || container.signalCode !== null;
    await until('the machine to be off', gone, { timeoutMs: 60_000 }).catch((error) => {
      container.kill('SIGKILL');
      throw error;
    });
  }

  #enter(command: readonly string[]): string[] {
    const namespaces = ['-m', '-u', '-i', '-n', '-p', '-C', '-r', '-w'];
    return ['-t', String(this.#leader), ...namespaces, ...ENVIRONMENT, ...command];
  }
}

/** The container's first process; 0 when there is none yet. */
function childOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return Number(children.split(' ')[0] ?? 0);
}
