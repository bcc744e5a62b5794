/** nginx on an outside machine: a page, a large file, and a folder to upload into. */
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';

export class OutsideWeb implements Disposable {
  readonly #dir = mkdtempSync(join(tmpdir(), 'penstock-web-'));

  private constructor(largeBytes: number) {
    for (const name of ['site', 'temporary']) mkdirSync(join(this.#dir, name));
    writeFileSync(join(this.#dir, 'site', 'index.html'), 'honest\n');
    const large = join(this.#dir, 'site', 'large');
    writeFileSync(large, '');
    truncateSync(large, largeBytes);
  }

  /** On all addresses of `host`. `/large` has `largeBytes` zeroes. Ends with the network. */
  static async open(network: Network, host: string, port: number, largeBytes = 0): Promise<OutsideWeb> {
    const web = new OutsideWeb(largeBytes);
    writeFileSync(join(web.#dir, 'nginx.conf'), web.#configuration(port));
    network.start(host, 'nginx', ['-p', web.#dir, '-c', 'nginx.conf', '-e', 'stderr']);
    await until(`${host} to listen on port ${port}`, async () => {
      const { stdout } = await network.runAsync(host, 'ss', ['-Hltn', `sport = :${port}`]);
      return stdout !== '';
    });
    return web;
  }

  /** Its files; nginx must have ended, or not be asked any more. */
  [Symbol.dispose](): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #configuration(port: number): string {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${this.#dir}/temporary/${kind};`,
    );
    return `
      daemon off;
      user root;
      worker_processes 1;
      pid ${this.#dir}/nginx.pid;
      error_log stderr;
      events {}
      http {
        access_log off;
        client_max_body_size 0;
        ${temporary.join('\n        ')}
        server {
          listen ${port};
          listen [::]:${port};
          root ${this.#dir}/site;
          location /upload/ { dav_methods PUT; create_full_put_path on; }
        }
      }
    `;
  }
}
