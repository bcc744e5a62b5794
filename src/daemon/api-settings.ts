/**
 * The parts of the settings file that say how the API is reached, and who may come in besides the tokens made here:
 *
 *   tls: {certFile: api.crt, keyFile: api.key, clientCaFile: staff.crt, clients: [{name: ci, role: operator, subject: "CN=ci"}]}
 *   socket: {path: /run/penstock/api.sock, group: adm}
 *   hostNames: [gateway.example.org]
 *   rateLimits: {reads: 12000, changes: 3000, failures: 30}   # a minute
 *   oidc: {issuer: "https://id.example.org", audience: penstock, roles: {netsec: approver, netsec-admins: admin}}
 */
import { resolve } from 'node:path';
import { z } from 'zod';
import { type CertificateHolder, plainFingerprint } from '../edges/api/client-certificates.ts';
import type { OidcSettings } from '../edges/api/oidc-tokens.ts';
import { DEFAULT_RATES, type RateSettings } from '../edges/api/rate-limits.ts';
import { ROLES } from '../edges/api/role.ts';
import { SCOPES, type Scope } from '../edges/api/scope.ts';
import { socketPathOf } from './listen-address.ts';

const text = z.string().min(1).max(4_096);
const name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, '1-64 of a-z, 0-9, dot, dash and underscore');
const role = z.enum(ROLES);

const client = z
  .strictObject({
    name,
    role,
    scopes: z
      .array(z.enum(SCOPES as [Scope, ...Scope[]]))
      .min(1)
      .optional(),
    subject: text.optional(),
    fingerprint: z
      .string()
      .refine(
        (each) => /^[0-9a-f]{64}$/.test(plainFingerprint(each)),
        'the SHA-256 of a certificate, hexadecimal',
      )
      .optional(),
  })
  .refine(({ subject, fingerprint }) => (subject === undefined) !== (fingerprint === undefined), {
    message: 'either subject or fingerprint',
  });

const tls = z
  .strictObject({
    certFile: text,
    keyFile: text,
    clientCaFile: text.optional(),
    /** required: whoever has no certificate of clientCaFile does not even get to the tokens. */
    clientCertificate: z.enum(['required', 'optional'], { error: "'required' or 'optional'" }).optional(),
    clients: z.array(client).max(1_000).optional(),
  })
  .refine(
    ({ clientCaFile, clientCertificate, clients }) =>
      clientCaFile !== undefined || (clientCertificate ?? clients) === undefined,
    { message: 'clientCertificate and clients have no meaning without clientCaFile' },
  )
  .refine(({ clients = [] }) => new Set(clients.map((each) => each.name)).size === clients.length, {
    path: ['clients'],
    message: 'two clients have the same name',
  });

/** Keys that are fetched in clear text are no proof of anything, but on this machine. */
const providerUrl = z
  .url({ protocol: /^https?$/, error: 'an https URL' })
  .refine(isPrivate, 'an https URL; http only to a loopback address');

function isPrivate(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || /^(127\.[0-9.]+|\[::1\]|localhost)$/.test(hostname);
}

const oidc = z.strictObject({
  issuer: providerUrl,
  audience: text,
  jwksUri: providerUrl.optional(),
  rolesClaim: text.default('groups'),
  roles: z
    .record(text, role)
    .refine((roles) => Object.keys(roles).length > 0, 'at least one group with its role'),
  nameClaim: text.default('sub'),
});

const rate = z.int().min(1).max(1_000_000);

/** To be spread into the schema of the file. */
export const apiFile = {
  tls: tls.optional(),
  socket: z.strictObject({ path: text, group: text.optional() }).optional(),
  hostNames: z
    .array(z.hostname({ error: 'a host name' }))
    .max(64)
    .optional(),
  rateLimits: z.strictObject({ reads: rate, changes: rate, failures: rate }).partial().optional(),
  oidc: oidc.optional(),
};

export type ApiFile = { readonly [K in keyof typeof apiFile]?: z.output<(typeof apiFile)[K]> };

export interface TlsSettings {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile: string | undefined;
  readonly clientCertificate: 'required' | 'optional';
  readonly clients: readonly CertificateHolder[];
}

export interface SocketSettings {
  readonly path: string;
  /** Who may connect besides root; without it only root's group. */
  readonly group: string | undefined;
}

export interface ApiSettings {
  readonly tls: TlsSettings | undefined;
  /** Besides the address that is listened on. */
  readonly socket: SocketSettings | undefined;
  readonly hostNames: readonly string[];
  readonly rates: RateSettings;
  readonly oidc: OidcSettings | undefined;
}

/** Relative paths are relative to `folder`. @throws DaemonError PENSTOCK_CONFIG_INVALID */
export function apiSettings(
  { tls, socket, hostNames = [], rateLimits, oidc }: ApiFile,
  folder: string,
): ApiSettings {
  const beside = (file: string) => resolve(folder, file);
  return {
    tls: tls && {
      certFile: beside(tls.certFile),
      keyFile: beside(tls.keyFile),
      clientCaFile: tls.clientCaFile && beside(tls.clientCaFile),
      clientCertificate: tls.clientCertificate ?? 'required',
      clients: tls.clients ?? [],
    },
    socket: socket && { path: socketPathOf(socket.path, 'socket.path'), group: socket.group },
    hostNames,
    rates: { ...DEFAULT_RATES, ...definedOf(rateLimits) },
    oidc,
  };
}

function definedOf(rates: ApiFile['rateLimits'] = {}): Partial<RateSettings> {
  return Object.fromEntries(Object.entries(rates).filter(([, value]) => value !== undefined));
}
