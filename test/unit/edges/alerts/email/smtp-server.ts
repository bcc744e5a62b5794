/** aiosmtpd in a process of its own, on loopback, until the test ends. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';

export interface Letter {
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly tls: boolean;
  readonly authenticated: boolean;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly defects: readonly string[];
  readonly type: string;
  readonly parts: Readonly<Record<string, string>>;
  /** Base64. */
  readonly raw: string;
}

const SERVER = fileURLToPath(new URL('./smtp-server.py', import.meta.url));
/** Debian's: the one with python3-aiosmtpd. */
const PYTHON = '/usr/bin/python3';

export class SmtpServer {
  readonly port: number;
  readonly letters: Letter[] = [];
  /** What it said besides: that it hangs. */
  readonly said: Record<string, unknown>[] = [];

  private constructor(port: number) {
    this.port = port;
  }

  static async start(...args: string[]): Promise<SmtpServer> {
    const child = spawn(PYTHON, [SERVER, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => end(child));
    const lines = createInterface({ input: child.stdout });
    const [first] = await Promise.race([once(lines, 'line'), once(child, 'exit').then(failed)]);
    const server = new SmtpServer(JSON.parse(first).port);
    lines.on('line', (line) => server.#take(JSON.parse(line)));
    return server;
  }

  async letter(): Promise<Letter> {
    return await vi.waitFor(() => this.letters.at(-1) ?? Promise.reject(new Error('no letter')), {
      timeout: 20_000,
      interval: 5,
    });
  }

  #take(said: Letter | Record<string, unknown>): void {
    if ('raw' in said) this.letters.push(said as Letter);
    else this.said.push(said);
  }
}

/** A certificate of its own for 127.0.0.1 and localhost. */
export function certificate(): { cert: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-smtp-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const made = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    key,
    '-out',
    cert,
  ];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...made, ...names], { stdio: 'ignore' });
  return { cert, key };
}

function failed(): never {
  throw new Error('the SMTP server did not start: is python3-aiosmtpd installed?');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
