/** Certificates of an authority of one's own, made by openssl in a folder. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export class Authority {
  readonly #folder: string;
  readonly #name: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
    this.#openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '30'],
      ...['-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.crt`],
    );
  }

  get certFile(): string {
    return join(this.#folder, `${this.#name}.crt`);
  }

  /** Writes FILE.crt and FILE.key. `names` as in a subjectAltName. */
  issue(
    file: string,
    subject: string,
    names = 'DNS:localhost,IP:127.0.0.1',
  ): { certFile: string; keyFile: string } {
    writeFileSync(join(this.#folder, `${file}.ext`), `subjectAltName=${names}\n`);
    this.#openssl(
      ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-subj', subject],
      ...['-keyout', `${file}.key`, '-out', `${file}.csr`],
    );
    this.#openssl(
      ...['x509', '-req', '-in', `${file}.csr`, '-CA', `${this.#name}.crt`, '-CAkey', `${this.#name}.key`],
      ...['-days', '30', '-extfile', `${file}.ext`, '-out', `${file}.crt`],
    );
    return { certFile: join(this.#folder, `${file}.crt`), keyFile: join(this.#folder, `${file}.key`) };
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] });
  }
}
