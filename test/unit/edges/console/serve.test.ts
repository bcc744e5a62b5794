import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consoleFiles } from '../../../../src/edges/console/serve.ts';

const APP = new URL('../../../../src/edges/console/app/', import.meta.url);

let dist: string;
let server: Server;
let url: string;
beforeAll(async () => {
  dist = mkdtempSync(join(tmpdir(), 'penstock-dist-'));
  mkdirSync(join(dist, 'assets'));
  writeFileSync(join(dist, 'index.html'), '<!doctype html><title>Penstock</title>');
  writeFileSync(join(dist, '.made-from'), 'secret');
  writeFileSync(join(dist, 'assets/index-1.js'), 'export {};');
  const app = express().use(consoleFiles(dist));
  server = createServer(app);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(dist, { recursive: true, force: true });
});

/** Every path that the console itself tells apart, with something in the place of its parameters. */
function pathsOfApp(): string[] {
  const text = readFileSync(new URL('app.tsx', APP), 'utf8');
  return [...text.matchAll(/^ {2}'(\/[^']*)': lazyPage/gm)].map(([, path]) => path!.replace(/:\w+/, '7'));
}

/** `fetch` would tidy the path up. */
async function asTyped(path: string): Promise<{ status: number | undefined; text: string }> {
  const asked = request(url, { path });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, text: (await answer.toArray()).join('') };
}

describe("the console's files", () => {
  it('answer every address that the console knows with its page', async () => {
    const paths = pathsOfApp();
    expect(paths).toContain('/approvals');
    for (const path of paths) {
      const answer = await fetch(`${url}${path}`);
      expect([path, answer.status, await answer.text()]).toEqual([
        path,
        200,
        expect.stringContaining('Penstock'),
      ]);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
    }
  });
  it('let a page run, and ask, nothing but what the daemon serves', async () => {
    for (const path of ['/', '/assets/index-1.js']) {
      const { headers } = await fetch(`${url}${path}`);
      const directives = headers.get('content-security-policy')?.split(';') ?? [];
      expect(directives).toContain("default-src 'none'");
      expect(directives).toContain("script-src 'self'");
      expect(directives).toContain("style-src 'self'");
      expect(directives).toContain("connect-src 'self'");
      expect(directives).toContain("frame-ancestors 'none'");
      expect(directives.join()).not.toMatch(/unsafe|https?:|\*|data:|blob:/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });
  it('keep what is named by its content', async () => {
    const { headers } = await fetch(`${url}/assets/index-1.js`);
    expect(headers.get('cache-control')).toContain('immutable');
  });
  it.each([
    '/assets/../.made-from',
    '/assets/%2e%2e/.made-from',
    '/assets/..%2f.made-from',
    '/.made-from',
    '/assets/',
  ])('give nothing else: %s', async (path) => {
    const answer = await asTyped(path);
    expect(answer.text).not.toContain('secret');
    expect(answer.status).toBe(404);
  });
  it('say how to build them when they are missing', () => {
    expect(() => consoleFiles('/nonexistent')).toThrow('run bin/setup run');
  });
  it('hold no script and no style in the page itself', () => {
    const page = readFileSync(new URL('index.html', APP), 'utf8');
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*src=)/);
  });
});
