/** The console's files beside the API, asked for in all the ways that lead out of their folder. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { consoleFiles } from '../../../../src/edges/console/serve.ts';
import { ServedApi } from './served-api.ts';

const folder = mkdtempSync(join(tmpdir(), 'penstock-console-'));
const dist = join(folder, 'dist');
let api: ServedApi;
beforeAll(async () => {
  mkdirSync(join(dist, 'assets', '.hidden'), { recursive: true });
  writeFileSync(join(folder, 'secret'), 'do not tell');
  writeFileSync(join(dist, 'secret'), 'do not tell');
  writeFileSync(join(dist, 'assets', '.hidden', 'secret'), 'do not tell');
  writeFileSync(join(dist, 'assets', '.secret'), 'do not tell');
  writeFileSync(join(dist, 'assets', 'app.js'), 'console.log(1)');
  writeFileSync(join(dist, 'index.html'), '<!doctype html><title>Penstock</title>');
  symlinkSync('/', join(folder, 'root'));
  api = await ServedApi.start({ pages: consoleFiles(dist) });
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** As it is: fetch would tidy the path. */
function raw(target: string): Promise<string> {
  return new Promise((done, failed) => {
    let answer = '';
    const socket = connect(api.port, '127.0.0.1', () =>
      socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
    );
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text;
    });
    socket.on('error', failed).on('close', () => done(answer));
  });
}

it.each([
  ...[
    '/assets/../secret',
    '/assets/../../secret',
    '/assets/%2e%2e/secret',
    '/assets/..%2fsecret',
    '/assets/..%2f..%2fsecret',
  ],
  ...[
    '/assets/%2e%2e%2f%2e%2e%2fsecret',
    '/assets/..%5c..%5csecret',
    '/assets/..\\..\\secret',
    '/assets/....//secret',
  ],
  ...[
    '/assets/.secret',
    '/assets/.hidden/secret',
    '/assets/app.js/../../secret',
    '/assets//secret',
    '/assets///etc/passwd',
  ],
  ...[
    '/assets/%00',
    '/assets/app.js%00.html',
    '/assets/%252e%252e/secret',
    '/../secret',
    '//secret',
    '/./secret',
    '/secret',
  ],
  ...[
    '/incidents/../secret',
    '/incidents/..%2f..%2fsecret',
    'http://localhost/assets/../secret',
    '/assets/%c0%ae%c0%ae/secret',
  ],
])('GET %s leads nowhere', async (target) => {
  const answer = await raw(target);
  expect(answer).not.toContain('do not tell');
  expect(answer).not.toContain('root:');
  expect(answer).toMatch(/^HTTP\/1\.1 (4\d\d|200) /);
  // What is no page of ours may only be the page itself.
  if (/^HTTP\/1\.1 200/.test(answer)) expect(answer).toContain('<title>Penstock</title>');
});

it('a file of it and a page of it are told with a policy that lets in no script of others', async () => {
  const [file, page] = await Promise.all([raw('/assets/app.js'), raw('/incidents/I1')]);
  expect(file).toMatch(/^HTTP\/1\.1 200 .*console\.log\(1\)/s);
  expect(page).toMatch(/^HTTP\/1\.1 200 .*<title>Penstock/s);
  for (const answer of [file, page]) {
    expect(answer).toMatch(/^content-security-policy: default-src 'none';script-src 'self'/im);
    expect(answer).toMatch(/^x-content-type-options: nosniff/im);
    expect(answer).not.toMatch(/unsafe-inline|unsafe-eval/);
  }
});

it('what neither knows is a problem document, not a page', async () => {
  expect(await api.ask('/v1/nothing', { as: 'viewer' })).toMatchObject({
    status: 404,
    json: { code: 'not-found' },
  });
});
