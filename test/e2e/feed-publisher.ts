/** nginx on an outside machine that publishes feeds over HTTPS, well at first and badly when told. */
import type { ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntilListening } from '../demo/listening.ts';
import type { Network } from '../network/network.ts';

export class FeedPublisher {
  /** Whom its clients must trust: for NODE_EXTRA_CA_CERTS. */
  readonly certificate: string;
  readonly #dir: string;
  readonly #address: string;
  #server: ChildProcess | undefined;

  /** `dir` is an empty folder, `address` what it listens on. */
  constructor(dir: string, address: string) {
    this.#dir = dir;
    this.#address = address;
    this.certificate = join(dir, 'certificate.pem');
    for (const name of ['site', 'temporary']) mkdirSync(join(dir, name));
    const name = ['-subj', '/CN=feeds', '-addext', `subjectAltName=IP:${address}`];
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      join(dir, 'key.pem'),
    ];
    execFileSync('openssl', ['req', '-x509', ...key, ...name, '-days', '2', '-out', this.certificate], {
      stdio: 'pipe',
    });
  }

  url(name: string): string {
    return `https://${this.#address}/${name}`;
  }

  publish(name: string, content: string | Buffer): void {
    writeFileSync(join(this.#dir, 'site', name), content);
  }

  async start(network: Network, host: string): Promise<void> {
    this.#configure({});
    this.#server = network.start(host, 'nginx', ['-p', this.#dir, '-c', 'nginx.conf', '-e', 'stderr'], {
      stdio: 'ignore',
    });
    await waitUntilListening(network, host, 443);
  }

  /** From now on: what nginx does with a feed, by its name, in the words of its configuration. */
  behave(how: Readonly<Record<string, string>>): void {
    this.#configure(how);
    this.#server?.kill('SIGHUP');
  }

  stop(): void {
    this.#server?.kill('SIGTERM');
  }

  #configure(how: Readonly<Record<string, string>>): void {
    const temporary = (kind: string) => `${kind}_temp_path ${this.#dir}/temporary/${kind};`;
    const locations = Object.entries(how).map(([name, words]) => `location = /${name} { ${words} }`);
    writeFileSync(
      join(this.#dir, 'nginx.conf'),
      `
      daemon off;
      user root;
      worker_processes 1;
      pid ${this.#dir}/nginx.pid;
      error_log stderr;
      events {}
      http {
        access_log off;
        ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(temporary).join('\n        ')}
        server {
          listen ${this.#address}:443 ssl;
          ssl_certificate ${this.certificate};
          ssl_certificate_key ${this.#dir}/key.pem;
          root ${this.#dir}/site;
          ${locations.join('\n          ')}
        }
      }
    `,
    );
  }
}
