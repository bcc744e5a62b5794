/** A real rsyslogd on loopback, in a folder of its own: it notes each message field by field. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { until } from '../../../../network/waiting.ts';
import { steadyPort } from '../steady-port.ts';

/** As rsyslog has understood it; `data` is JSON of its own reading of the structured data. */
export interface Noted {
  readonly priority: string;
  readonly time: string;
  readonly hostname: string;
  readonly app: string;
  readonly msgId: string;
  readonly structuredData: string;
  readonly data: string;
  readonly message: string;
}

/** Names of files in the folder. */
export interface ServerSecurity {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** Only clients whose certificate names this. */
  readonly peer?: string;
}

const FIELDS: Readonly<Record<keyof Noted, string>> = {
  priority: 'pri',
  time: 'timereported" dateFormat="rfc3339',
  hostname: 'hostname',
  app: 'app-name',
  msgId: 'msgid',
  structuredData: 'structured-data',
  data: '$!rfc5424-sd',
  message: 'msg',
};

export class Rsyslog {
  readonly folder = mkdtempSync(join(tmpdir(), 'penstock-rsyslog-'));
  port = 0;
  #process: ChildProcess | undefined;
  #log = '';

  constructor() {
    onTestFinished(async () => {
      await this.stop('SIGKILL');
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** On a port for UDP and TCP, or for TLS; the same one when it is started again. */
  async start(security?: ServerSecurity): Promise<void> {
    if (this.port === 0) this.port = await steadyPort();
    writeFileSync(this.path('rsyslog.conf'), this.#configuration(security));
    const args = ['-n', '-f', this.path('rsyslog.conf'), '-i', this.path('pid')];
    const child = spawn('rsyslogd', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (this.#log += chunk));
    // A dozen libraries to load, on a busy machine.
    await until(`rsyslogd to answer on port ${this.port}`, () => this.#answers(), { timeoutMs: 30_000 });
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  /** Those that are complete. */
  noted(): Noted[] {
    const text = existing(this.path('noted.ndjson'));
    return text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  #configuration(security: ServerSecurity | undefined): string {
    const properties = Object.entries(FIELDS).map(
      ([field, name]) => `property(outname="${field}" name="${name}" format="jsonf")`,
    );
    const tcp = `type="imtcp" address="127.0.0.1" port="${this.port}" ruleset="alerts"`;
    const input = security
      ? `input(${tcp} streamDriver.name="gtls" streamDriver.mode="1"
          streamDriver.authMode="${security.peer ? 'x509/name' : 'anon'}"
          ${security.peer ? `permittedPeer="${security.peer}"` : ''})`
      : `input(${tcp}) input(type="imudp" address="127.0.0.1" port="${this.port}" ruleset="alerts")`;
    const files = security
      ? `defaultNetstreamDriverCAFile="${this.path(security.ca)}"
         defaultNetstreamDriverCertFile="${this.path(security.cert)}"
         defaultNetstreamDriverKeyFile="${this.path(security.key)}"`
      : '';
    return `
global(workDirectory="${this.folder}" maxMessageSize="64k" ${files})
module(load="imudp")
module(load="imtcp")
module(load="mmpstrucdata")
template(name="fields" type="list" option.jsonf="on") { ${properties.join('\n')} }
ruleset(name="alerts") {
  action(type="mmpstrucdata" sd_name.lowercase="off")
  action(type="omfile" file="${this.path('noted.ndjson')}" template="fields" asyncWriting="off")
}
${input}
`;
  }

  async #answers(): Promise<boolean> {
    const child = this.#process;
    if (child?.exitCode !== null) throw new Error(`rsyslogd has ended: ${this.#log}`);
    const socket = connect(this.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }
}

function existing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
