import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiFile, apiSettings } from '../../../src/daemon/api-settings.ts';

const file = z.strictObject(apiFile);
const read = (settings: object) => apiSettings(file.parse(settings), '/etc/penstock');
const TLS = { certFile: 'api.crt', keyFile: '/keys/api.key' };
const OIDC = { issuer: 'https://id.example.org', audience: 'penstock', roles: { netsec: 'approver' } };

describe('how the API is reached', () => {
  it('needs nothing said', () => {
    expect(read({})).toEqual({
      ...{ tls: undefined, socket: undefined, hostNames: [], oidc: undefined },
      rates: { reads: 12_000, changes: 3_000, failures: 30 },
    });
  });
  it('finds files beside the settings, and asks clients for certificates when it knows who signs them', () => {
    const fingerprint = 'AB:'.repeat(31).concat('CD');
    const clients = [{ name: 'ci', role: 'operator', scopes: ['policy'], fingerprint }];
    expect(read({ tls: { ...TLS, clientCaFile: 'staff.crt', clients } }).tls).toEqual({
      certFile: '/etc/penstock/api.crt',
      keyFile: '/keys/api.key',
      clientCaFile: '/etc/penstock/staff.crt',
      clientCertificate: 'required',
      clients,
    });
  });
  it('takes some rates and leaves the others', () => {
    expect(read({ rateLimits: { failures: 5 } }).rates).toEqual({
      reads: 12_000,
      changes: 3_000,
      failures: 5,
    });
  });
  it('takes the claims of an identity provider that were not named', () => {
    expect(read({ oidc: OIDC }).oidc).toEqual({ ...OIDC, rolesClaim: 'groups', nameClaim: 'sub' });
  });
});

describe('is refused', () => {
  it.each<[string, object, RegExp]>([
    ['a certificate without its key', { tls: { certFile: 'a' } }, /keyFile/],
    ['clients without an authority', { tls: { ...TLS, clients: [] } }, /no meaning without clientCaFile/],
    ['required without an authority', { tls: { ...TLS, clientCertificate: 'required' } }, /no meaning/],
    [
      'a client without a certificate',
      { tls: { ...TLS, clientCaFile: 'c', clients: [{ name: 'ci', role: 'admin' }] } },
      /either subject or fingerprint/,
    ],
    [
      'a fingerprint of another hash',
      { tls: { ...TLS, clientCaFile: 'c', clients: [{ name: 'ci', role: 'admin', fingerprint: 'ab' }] } },
      /SHA-256/,
    ],
    [
      'two clients of one name',
      {
        tls: {
          ...TLS,
          clientCaFile: 'c',
          clients: ['a', 'b'].map((subject) => ({ name: 'x', role: 'admin', subject })),
        },
      },
      /same name/,
    ],
    ['an issuer in clear text', { oidc: { ...OIDC, issuer: 'http://id.example.org' } }, /https URL/],
    [
      'an issuer that looks like loopback',
      { oidc: { ...OIDC, issuer: 'http://127.0.0.1.example.org' } },
      /https/,
    ],
    ['keys in clear text', { oidc: { ...OIDC, jwksUri: 'http://10.0.0.1/keys' } }, /https URL/],
    ['no group at all', { oidc: { ...OIDC, roles: {} } }, /at least one group/],
    ['a role that is none', { oidc: { ...OIDC, roles: { netsec: 'root' } } }, /roles/],
    ['a rate of nothing', { rateLimits: { reads: 0 } }, /reads/],
    ['a name that is none', { hostNames: ['gateway example'] }, /a host name/],
  ])('%s', (_, settings, message) => {
    expect(() => read(settings)).toThrow(message);
  });
  it('a socket that has no absolute path', () => {
    expect(() => read({ socket: { path: 'api.sock' } })).toThrow(/^socket\.path: /);
  });
});
