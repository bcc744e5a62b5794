/** Real firewalld and fail2ban on a network's gateway, each with a configuration and run-time files of its own. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finished, Network } from './network.ts';
import { until } from './waiting.ts';

const PATIENCE = { timeoutMs: 30_000, everyMs: 100 };

/**
 * firewalld listens on a bus of its own: in a mount namespace of its own, where /run is empty and /etc/firewalld a
 * copy. It ends with the network.
 */
export class Firewalld {
  readonly #network: Network;
  readonly #pid: number;

  private constructor(network: Network, pid: number) {
    this.#network = network;
    this.#pid = pid;
  }

  static async start(network: Network): Promise<Firewalld> {
    const script = [
      'set -e; mount -t tmpfs tmpfs /run; mkdir /run/dbus',
      'mkdir /run/firewalld-etc; cp -a /etc/firewalld/. /run/firewalld-etc; mount --bind /run/firewalld-etc /etc/firewalld',
      // Everything of the bridges is forwarded, as on a gateway that firewalld lets be one.
      'sed -i s/^DefaultZone=.*/DefaultZone=trusted/ /etc/firewalld/firewalld.conf',
      'dbus-daemon --system --nofork --nopidfile >/dev/null 2>&1 & ',
      'until [ -S /run/dbus/system_bus_socket ]; do sleep 0.05; done',
      'exec /usr/bin/python3 /usr/sbin/firewalld --nofork --nopid >/dev/null 2>&1',
    ].join('\n');
    const child = network.start('gateway', 'unshare', [
      '-m',
      '--propagation',
      'private',
      'bash',
      '-c',
      script,
    ]);
    const firewalld = new Firewalld(network, child.pid as number);
    await until('firewalld', () => firewalld.command('--state').stdout.includes('running'), PATIENCE);
    return firewalld;
  }

  /** `firewall-cmd`. */
  command(...args: string[]): Finished {
    const inside = ['-t', String(this.#pid), '-m', 'firewall-cmd', ...args];
    return this.#network.run('gateway', 'nsenter', inside);
  }
}

/** fail2ban with one jail that bans by nftables. */
export class Fail2ban {
  static readonly JAIL = 'doors';
  readonly #folder = mkdtempSync(join(tmpdir(), 'penstock-fail2ban-'));
  readonly #network: Network;

  private constructor(network: Network, backend: string) {
    this.#network = network;
    cpSync('/etc/fail2ban', join(this.#folder, 'etc'), { recursive: true });
    writeFileSync(join(this.#folder, 'doors.log'), '');
    rmSync(join(this.#folder, 'etc/jail.d'), { recursive: true, force: true });
    writeFileSync(
      join(this.#folder, 'etc/filter.d/doors.conf'),
      '[Definition]\nfailregex = ^refused <HOST>$\ndatepattern = {NONE}\n',
    );
    writeFileSync(
      join(this.#folder, 'etc/jail.local'),
      `[DEFAULT]\nbackend = ${backend}\nbanaction = nftables-allports\nignoreip =\n[${Fail2ban.JAIL}]\nenabled = true\nfilter = doors\nlogpath = ${join(this.#folder, 'doors.log')}\n`,
    );
    writeFileSync(
      join(this.#folder, 'etc/fail2ban.local'),
      '[DEFAULT]\ndbfile = :memory:\nlogtarget = STDOUT\n',
    );
  }

  /** `backend`: how it hears of lines, as in jail.conf(5). */
  static async start(network: Network, backend = 'polling'): Promise<Fail2ban> {
    const made = new Fail2ban(network, backend);
    network.start('gateway', 'fail2ban-server', [...made.#flags(), '-xf', 'start'], { stdio: 'ignore' });
    const isUp = () => made.command('status', Fail2ban.JAIL).status === 0;
    await until('fail2ban', isUp, PATIENCE);
    return made;
  }

  /** `fail2ban-client`. */
  command(...args: string[]): Finished {
    return this.#network.run('gateway', 'fail2ban-client', [...this.#flags(), ...args]);
  }

  /** What its jail reads: a line `refused ADDRESS` is an offence. */
  get log(): string {
    return join(this.#folder, 'doors.log');
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #flags(): string[] {
    const at = (name: string) => join(this.#folder, name);
    return ['-c', at('etc'), '-s', at('socket'), '-p', at('pid')];
  }
}

/** The rules that Docker and libvirt make with iptables-nft, shortened to their kinds, as `iptables-restore` reads them. */
export const DOCKER_AND_LIBVIRT = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-USER - [0:0]
:DOCKER-ISOLATION-STAGE-1 - [0:0]
:LIBVIRT_FWI - [0:0]
:LIBVIRT_FWO - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -j LIBVIRT_FWI
-A FORWARD -j LIBVIRT_FWO
-A DOCKER-ISOLATION-STAGE-1 -j RETURN
-A DOCKER-USER -j RETURN
-A LIBVIRT_FWI -d 192.168.122.0/24 -o virbr0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A LIBVIRT_FWI -o virbr0 -j REJECT --reject-with icmp-port-unreachable
-A LIBVIRT_FWO -s 192.168.122.0/24 -i virbr0 -j ACCEPT
-A LIBVIRT_FWO -i virbr0 -j REJECT --reject-with icmp-port-unreachable
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A DOCKER -i docker0 -j RETURN
COMMIT
`;
