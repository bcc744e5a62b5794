/** A real sshd on one host and real logins from others, with a key of their own. */
import type { ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finished, Network } from './network.ts';
import { until } from './waiting.ts';

/** sshd(8) wants it, whoever it serves; it holds nothing. */
const PRIVILEGE_SEPARATION = '/run/sshd';

export class SshLogin implements Disposable {
  readonly #network: Network;
  readonly #address: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'penstock-sshd-'));
  readonly #server: ChildProcess;
  #output = '';

  private constructor(network: Network, host: string, address: string) {
    this.#network = network;
    this.#address = address;
    for (const name of ['host', 'user'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(this.#folder, name)]);
    writeFileSync(
      join(this.#folder, 'authorized_keys'),
      readFileSync(join(this.#folder, 'user.pub'), 'utf8'),
    );
    chmodSync(this.#folder, 0o700);
    mkdirSync(PRIVILEGE_SEPARATION, { recursive: true, mode: 0o755 });
    const options = {
      ListenAddress: address,
      HostKey: join(this.#folder, 'host'),
      AuthorizedKeysFile: join(this.#folder, 'authorized_keys'),
      PidFile: 'none',
      UsePAM: 'no',
      StrictModes: 'no',
      PermitRootLogin: 'yes',
      PasswordAuthentication: 'no',
    };
    const args = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    this.#server = network.start(host, '/usr/sbin/sshd', ['-D', '-e', '-f', '/dev/null', ...args]);
    this.#server.stderr?.on('data', (chunk: Buffer) => {
      this.#output += chunk;
    });
  }

  /** Waits until logins are taken. The caller's thread must be on `host`, whose address it is. */
  static async open(network: Network, host: string, address: string): Promise<SshLogin> {
    const login = new SshLogin(network, host, address);
    await until(`sshd on ${address}: ${login.#output}`, () => answers(address));
    return login;
  }

  #args(command: readonly string[]): string[] {
    const options = [
      'BatchMode=yes',
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'LogLevel=ERROR',
      'ConnectTimeout=3',
      `IdentityFile=${join(this.#folder, 'user')}`,
    ];
    const words = command.map((word) => `'${word}'`);
    return ['-F', '/dev/null', ...options.flatMap((each) => ['-o', each]), `root@${this.#address}`, ...words];
  }

  /** Run a command by a login of its own; no word may hold a quote. */
  run(from: string, command: readonly string[], timeout = 30_000): Promise<Finished> {
    return this.#network.runAsync(from, 'ssh', this.#args(command), timeout);
  }

  /** A login that stays: what is written to its input comes back. */
  stay(from: string): ChildProcess {
    return this.#network.start(from, 'ssh', this.#args(['cat']), { stdio: ['pipe', 'pipe', 'pipe'] });
  }

  [Symbol.dispose](): void {
    this.#server.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function answers(address: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(22, address);
    socket.once('connect', () => socket.destroy());
    socket.once('close', (failed) => done(!failed));
    socket.once('error', () => {});
  });
}
