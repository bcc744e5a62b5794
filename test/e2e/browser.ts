/**
 * A real Chromium for tests of the console. It is started by this thread, so it lives in the network namespace that
 * the thread has entered. Whatever a page should not do is noted and fails the test: a request to another origin, an
 * error in its console, something that the content security policy stopped, an exception.
 */
import { mkdirSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-gpu',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
];

/** Scripts for the page: text, since the DOM is none of Node's. */
const TELL_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) =>
  penstockViolation('content security policy: ' + event.violatedDirective + ' ' + event.blockedURI))`;
const RUN_AXE = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
  violations.map(({ id, impact, nodes }) => ({
    impact,
    text: id + ': ' + nodes.map((node) => node.html + ' ' + node.failureSummary).join(' | '),
  })))`;

const OVERFLOW = `Math.max(document.documentElement.scrollWidth - innerWidth,
  ...[...document.querySelectorAll('.virtual')].map((list) => list.scrollWidth - list.clientWidth))`;

interface Finding {
  readonly impact: 'minor' | 'moderate' | 'serious' | 'critical';
  readonly text: string;
}

export type Scheme = 'light' | 'dark';
export const DESKTOP = { width: 1440, height: 900 };
/** The least with columns. */
export const SMALL_DESKTOP = { width: 1024, height: 768 };
export const PHONE = { width: 390, height: 844 };
/** What is left of a screen of 1280 pixels at four times the size (WCAG 2.2, 1.4.10). */
export const ZOOMED = { width: 320, height: 640 };

interface PageOptions {
  readonly scheme?: Scheme;
  readonly size?: { readonly width: number; readonly height: number };
}

/** One a test file: to start it costs a second of the processor. */
export class ConsoleBrowser implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #origin: string;

  private constructor(browser: Browser, origin: string) {
    this.#browser = browser;
    this.#origin = origin;
  }

  /** @param origin where the daemon listens: `http://127.0.0.1:8731` */
  static async launch(origin: string): Promise<ConsoleBrowser> {
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGUMENTS });
    return new ConsoleBrowser(browser, origin);
  }

  /** In a profile of its own: nobody is logged in. */
  async open({ scheme = 'light', size = DESKTOP }: PageOptions = {}): Promise<ConsolePage> {
    const context = await this.#browser.newContext({
      baseURL: this.#origin,
      colorScheme: scheme,
      viewport: size,
      hasTouch: size.width < 768,
      reducedMotion: 'reduce',
    });
    return ConsolePage.begin(context, this.#origin);
  }

  /** What somebody waits for who opens the console for the first time: all that is sent, and until it can be used. */
  async firstLoad(token: string): Promise<{ bytes: number; files: number; usableAfterMs: number }> {
    const made = await this.open();
    const { page } = made;
    const sizes: Promise<number>[] = [];
    page.on('requestfinished', (request) => {
      const isFile = !new URL(request.url()).pathname.startsWith('/v1/');
      if (isFile) sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
    });
    await made.logIn(token);
    await page.getByText('live', { exact: true }).waitFor();
    const first = await Promise.all(sizes);
    // With the token and the files there, as it is from then on.
    const startedMs = performance.now();
    await page.reload({ waitUntil: 'commit' });
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    const usableAfterMs = Math.round(performance.now() - startedMs);
    await made.close();
    return { bytes: first.reduce((sum, size) => sum + size, 0), files: first.length, usableAfterMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

export class ConsolePage {
  readonly page: Page;
  /** What it did that it should not, in words. */
  readonly faults: string[] = [];
  readonly #context: BrowserContext;

  private constructor(page: Page, context: BrowserContext) {
    this.page = page;
    this.#context = context;
  }

  static async begin(context: BrowserContext, origin: string): Promise<ConsolePage> {
    const made = new ConsolePage(await context.newPage(), context);
    const { page, faults } = made;
    page.setDefaultTimeout(40_000);
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`)) faults.push(`asked for ${request.url()}`);
    });
    page.on('pageerror', (error) => faults.push(`threw ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      // An answer that is an error is for the page to tell; Chromium says so of each by itself.
      const isAnswer = message.text().startsWith('Failed to load resource');
      if (['error', 'warning'].includes(message.type()) && !isAnswer) faults.push(message.text());
    });
    page.on('dialog', (dialog) => {
      faults.push(`a script was injected: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.exposeFunction('penstockViolation', (text: string) => faults.push(text));
    await page.addInitScript(TELL_VIOLATIONS);
    return made;
  }

  /** As a person does it: the token is typed in. Ends on the page that was asked for. */
  async logIn(token: string, path = '/'): Promise<void> {
    await this.page.goto(path);
    await this.page.getByLabel('Token').fill(token);
    await this.page.getByRole('button', { name: 'Log in' }).click();
    await this.page.getByRole('navigation', { name: 'Main' }).waitFor();
  }

  /** Another page of the console, by its navigation, which keeps the session. */
  async visit(name: string): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
    await this.page.getByRole('heading', { level: 1, name }).waitFor();
  }

  /** A page by its address, as from a bookmark: shown with what it asked for. */
  async go(path: string): Promise<void> {
    await this.page.goto(path);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
    await this.page.locator('.loading').first().waitFor({ state: 'detached' });
  }

  /** The same page in other light, or on another screen: cheaper than another page. */
  async look({ scheme = 'light', size = DESKTOP }: PageOptions): Promise<void> {
    await this.page.emulateMedia({ colorScheme: scheme });
    await this.page.setViewportSize(size);
  }

  /** As when a phone loses its network. */
  async offline(isOffline: boolean): Promise<void> {
    await this.#context.setOffline(isOffline);
  }

  /** Serious and critical findings of axe-core on what is shown, one a line. */
  async barriers(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    const found = await this.page.evaluate<Finding[]>(RUN_AXE);
    return found
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ text }) => text);
  }

  /** By how many CSS pixels the page, or a long list on it, is wider than its room: 0, or it is scrolled sideways. */
  async overflow(): Promise<number> {
    return this.page.evaluate<number>(OVERFLOW);
  }

  /** For a person to look at, when PENSTOCK_SHOTS names a folder. */
  async shot(name: string): Promise<void> {
    const folder = process.env.PENSTOCK_SHOTS;
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: `${folder}/${name}.png` });
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}
