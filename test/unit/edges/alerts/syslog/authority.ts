/** Certificates made by openssl in a folder: an authority, and what it vouches for. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export class Authority {
  readonly #folder: string;
  readonly #name: string;

  /** Makes `NAME.pem` and `NAME.key`. */
  constructor(folder: string, name = 'ca') {
    this.#folder = folder;
    this.#name = name;
    openssl(
      folder,
      'req',
      '-x509',
      ...newKey(name),
      '-out',
      `${name}.pem`,
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
    );
  }

  /**
   * Makes `NAME.pem` and `NAME.key`.
   * @param names as openssl writes them: `IP:127.0.0.1`, `DNS:siem.example`
   */
  certify(name: string, names: string): void {
    openssl(this.#folder, 'req', '-new', ...newKey(name), '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    writeFileSync(join(this.#folder, `${name}.ext`), `subjectAltName=${names}\n`);
    const by = ['-CA', `${this.#name}.pem`, '-CAkey', `${this.#name}.key`, '-CAcreateserial'];
    const what = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', `${name}.ext`, '-days', '2'];
    openssl(this.#folder, 'x509', '-req', ...by, ...what);
  }
}

function newKey(name: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`];
}

function openssl(cwd: string, ...args: string[]): void {
  execFileSync('openssl', args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
}
