/** nginx on an outside machine: a page to read, and a folder to upload into. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Network } from '../network/network.ts';
import { waitUntilListening } from './listening.ts';

export class WebServer {
  readonly #dir: string;
  readonly #network: Network;
  readonly #host: string;
  readonly #address: string;

  /** `dir` is an empty folder. */
  constructor(network: Network, host: string, address: string, dir: string) {
    this.#dir = dir;
    this.#network = network;
    this.#host = host;
    this.#address = address;
    for (const name of ['site', 'temporary']) mkdirSync(join(this.#dir, name));
    writeFileSync(join(this.#dir, 'site', 'index.html'), 'honest\n');
    writeFileSync(join(this.#dir, 'nginx.conf'), this.#configuration());
  }

  async start(): Promise<void> {
    this.#network.start(this.#host, 'nginx', ['-p', this.#dir, '-c', 'nginx.conf', '-e', 'stderr']);
    await waitUntilListening(this.#network, this.#host, 80);
  }

  uploadUrl(name: string): string {
    return `http://${this.#address}/upload/${name}`;
  }

  uploaded(name: string): Buffer {
    return readFileSync(join(this.#dir, 'site', 'upload', name));
  }

  #configuration(): string {
    const temporary = (kind: string) => `${kind}_temp_path ${this.#dir}/temporary/${kind};`;
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
        ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(temporary).join('\n        ')}
        server {
          listen ${this.#address}:80;
          root ${this.#dir}/site;
          location /upload/ { dav_methods PUT; create_full_put_path on; }
        }
      }
    `;
  }
}
