import { expect, it } from 'vitest';
import { parseListen } from '../../../src/daemon/listen-address.ts';

it.each([
  ['127.0.0.1:8731', { host: '127.0.0.1', port: 8731 }],
  ['127.9.9.9:0', { host: '127.9.9.9', port: 0 }],
  ['[::1]:65535', { host: '::1', port: 65_535 }],
  ['unix:/run/penstock/api.sock', { socketPath: '/run/penstock/api.sock' }],
])('takes %s', (text, expected) => {
  expect(parseListen(text)).toEqual(expected);
});

const BEYOND = ['0.0.0.0:8731', '192.0.2.1:8731', '[::]:8731', '[fd00::1]:8731'];

it.each([
  ...['', '8731', ':8731', '127.0.0.1', '127.0.0.1:', '127.0.0.1:65536', '127.0.0.1:-1', '127.0.0.1:8731x'],
  ...['::1:8731', 'localhost:8731', '[::1]', '[127.0.0.1]:1', '127.0.0.1:1 ', '127.0.0.01:1', '127.1:1'],
  ...['unix:', 'unix:api.sock', 'unix:/a\0b', `unix:/${'x'.repeat(107)}`, 'unix', '[::ffff:127.0.0.1]:8731'],
  ...BEYOND,
])("refuses '%s'", (text) => {
  expect(() => parseListen(text)).toThrow(/^listen: /);
});

it.each(BEYOND)('takes %s with TLS, where no token crosses the network in clear text', (text) => {
  expect(parseListen(text, { tls: true })).toMatchObject({ port: 8731 });
});
