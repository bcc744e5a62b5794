/**
 * The console's files, built by Vite into `dist`, on the API's own address: a page there asks the API with the token
 * that the person typed in, in a header. There is no cookie, so no other site can ask in that person's name.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Request, type Response, Router } from 'express';
import helmet from 'helmet';

const DIST = fileURLToPath(new URL('dist', import.meta.url));

/** Only what the daemon itself serves: no inline script or style, no frame around it, no form to another site. */
const safeHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  // Plain HTTP on loopback is the default; a proxy in front that speaks TLS sets its own.
  strictTransportSecurity: false,
  referrerPolicy: { policy: 'no-referrer' },
});

/** Pages that the console itself tells apart by their path. */
const PAGES = [
  '/',
  '/approvals',
  '/incidents',
  '/hosts',
  '/flows',
  '/policy',
  '/revisions',
  '/audit',
  '/reports',
];

/** @throws Error when the console was not built, which `bin/setup` does */
export function consoleFiles(dist = DIST): Router {
  const page = join(dist, 'index.html');
  if (!existsSync(page)) throw new Error(`the console was not built: ${page} is missing; run bin/setup run`);
  const router = Router({ caseSensitive: true, strict: true });
  router.use('/assets', safeHeaders, assets(join(dist, 'assets')));
  router.get(PAGES, safeHeaders, sendPage(page));
  router.get(['/incidents/:id', '/hosts/:host', '/revisions/:n'], safeHeaders, sendPage(page));
  return router;
}

/** Their names tell their content, so that they may be kept. */
function assets(directory: string) {
  return express.static(directory, {
    immutable: true,
    maxAge: '365d',
    index: false,
    redirect: false,
    dotfiles: 'ignore',
    setHeaders: (response) => response.set('Cache-Control', 'private, max-age=31536000, immutable'),
  });
}

function sendPage(page: string) {
  return (_request: Request, response: Response): void => {
    response.set('Cache-Control', 'no-cache').sendFile(page);
  };
}
