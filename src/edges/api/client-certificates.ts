/** Client certificates that speak for somebody: by their fingerprint, or by their subject where our authority signed. */
import { createHash, type X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Role } from './role.ts';
import type { Caller } from './route.ts';
import type { Scope } from './scope.ts';

export interface CertificateHolder {
  /** The ledger calls it `cert:NAME`. */
  readonly name: string;
  readonly role: Role;
  readonly scopes?: readonly Scope[] | null | undefined;
  /** SHA-256 of the certificate, hexadecimal, with or without colons. */
  readonly fingerprint?: string | undefined;
  /** All of the subject, as `openssl x509 -subject -nameopt RFC2253` tells it: `CN=ci,O=Example`. */
  readonly subject?: string | undefined;
}

export class ClientCertificates {
  readonly #holders: readonly CertificateHolder[];

  constructor(holders: readonly CertificateHolder[]) {
    this.#holders = holders;
  }

  callerOf(certificate: X509Certificate): Caller | undefined {
    const fingerprint = plainFingerprint(certificate.fingerprint256);
    const subject = subjectOf(certificate);
    const holder = this.#holders.find((each) =>
      each.fingerprint === undefined
        ? each.subject !== undefined && each.subject === subject
        : plainFingerprint(each.fingerprint) === fingerprint,
    );
    return holder && callerOf(holder, certificate.validToDate.getTime());
  }
}

function callerOf({ name, role, scopes = null }: CertificateHolder, expiresAtMs: number): Caller {
  const id = createHash('sha256').update(name).digest('hex').slice(0, 32);
  return { id: `cert:${id}`, name: `cert:${name}`, role, scopes, expiresAtMs };
}

/** Node.js gives one part a line, the first first; RFC 2253 wants the last first, with commas. */
function subjectOf({ subject }: X509Certificate): string {
  return subject.split('\n').toReversed().join(',');
}

export function plainFingerprint(text: string): string {
  return text.replaceAll(':', '').toLowerCase();
}

/** Of a connection whose certificate an authority of ours has signed and the handshake has proved. */
export function presentedCertificate(socket: Socket): X509Certificate | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  return socket.getPeerX509Certificate();
}
