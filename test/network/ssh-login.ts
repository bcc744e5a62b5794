/** A real sshd on one host and real logins from others, with a key of their own. */
import type { ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finished, Network } from './network.ts';
import { until } from './waiting.ts';

/** sshd(8) wants it, whoever it serves; it holds nothing. */
const PRIVILEGE_SEPARATION = '/run/sshd';

export class SshLogin implements Disposable {
  readonly #network: Network;
  /** Of the server. */
  readonly #addresses: readonly string[];
  readonly #folder = mkdtempSync(join(tmpdir(), 'penstock-sshd-'));
  readonly #server: ChildProcess;
  #output = '';

  private constructor(network: Network, host: string, addresses: readonly string[]) {
    this.#network = network;
    this.#addresses = addresses;
    for (const name of ['host', 'user'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(this.#folder, name)]);
    writeFileSync(
      join(this.#folder, 'authorized_keys'),
      readFileSync(join(this.#folder, 'user.pub'), 'utf8'),
    );
    chmodSync(this.#folder, 0o700);
    mkdirSync(PRIVILEGE_SEPARATION, { recursive: true, mode: 0o755 });
    const options = {
      HostKey: join(this.#folder, 'host'),
      AuthorizedKeysFile: join(this.#folder, 'authorized_keys'),
      PidFile: 'none',
      UsePAM: 'no',
      StrictModes: 'no',
      PermitRootLogin: 'yes',
      PasswordAuthentication: 'no',
    };
    const listen = addresses.flatMap((address) => ['-o', `ListenAddress=${address}`]);
    const args = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    args.push(...listen);
    this.#server = network.start(host, '/usr/sbin/sshd', ['-D', '-e', '-f', '/dev/null', ...args]);
    this.#server.stderr?.on('data', (chunk: Buffer) => {
      this.#output += chunk;
    });
  }

  /** Waits until logins are taken, at each of these addresses of `host`. */
  static async open(network: Network, host: string, ...addresses: string[]): Promise<SshLogin> {
    const login = new SshLogin(network, host, addresses);
    await until(`sshd on ${host}: ${login.#output}`, async () => {
      const { stdout } = await network.runAsync(host, 'ss', ['-Hltn', 'sport = :22']);
      return stdout.split('\n').filter(Boolean).length === addresses.length;
    });
    return login;
  }

  #args(command: readonly string[], address = this.#addresses[0]): string[] {
    const options = [
      'BatchMode=yes',
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'LogLevel=ERROR',
      'ConnectTimeout=3',
      `IdentityFile=${join(this.#folder, 'user')}`,
    ];
    const words = command.map((word) => `'${word}'`);
    return ['-F', '/dev/null', ...options.flatMap((each) => ['-o', each]), `root@${address}`, ...words];
  }

  /** Run a command by a login of its own; no word may hold a quote. Unless told otherwise at the first address. */
  run(from: string, command: readonly string[], timeout = 30_000, address?: string): Promise<Finished> {
    return this.#network.runAsync(from, 'ssh', this.#args(command, address), timeout);
  }

  /** A login that stays: what is written to its input comes back. */
  stay(from: string, address?: string): ChildProcess {
    const args = this.#args(['cat'], address);
    return this.#network.start(from, 'ssh', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  }

  [Symbol.dispose](): void {
    this.#server.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
