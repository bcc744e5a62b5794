/** 100,000 live flows in a real browser: what is seen is in the document, and nothing moves under the eyes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { consoleFiles } from '../../src/edges/console/serve.ts';
import type { FlowView } from '../../src/engine/commands.ts';
import { flowPage } from '../unit/edges/api/flow-pages.ts';
import { FLOW } from '../unit/edges/api/samples.ts';
import { ServedApi } from '../unit/edges/api/served-api.ts';
import { ConsoleBrowser } from './browser.ts';

const MANY = 100_000;
/** More would be all of them: a screen holds some 20 rows. */
const MOST_ROWS = 80;

let api: ServedApi;
let browser: ConsoleBrowser;
/** How often all was asked for from the beginning. */
let refreshes = 0;

beforeAll(async () => {
  api = await ServedApi.start({ pages: consoleFiles() });
  api.engine.answer('flows', ({ after, limit }) => {
    const from = after === undefined ? 0 : Number(after.split('_')[0]);
    if (from === 0) refreshes += 1;
    const count = Math.min(limit, MANY - from);
    const next = from + count < MANY ? `${from + count}_0` : null;
    const flows = Array.from({ length: count }, (_, i) => flow(from + i));
    return flowPage({ flows, standing: MANY, truncated: next !== null, next });
  });
  browser = await ConsoleBrowser.launch(api.url);
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await api?.[Symbol.asyncDispose]();
});

function flow(number: number): FlowView {
  return {
    ...FLOW,
    host: `10.1.${(number >> 8) & 255}.${number & 255}`,
    hostPort: 1_024 + (number % 60_000),
    startedAtMs: Date.now() - number,
    bytesOut: MANY - number,
  };
}

test(`${MANY} flows are read on as somebody scrolls, with few rows in the document`, async () => {
  const shown = await browser.open();
  const { page } = shown;
  await shown.logIn(api.tokens.viewer, '/flows');
  const table = page.getByRole('table', { name: 'Flows' });
  const rows = () => table.getByRole('row').count();
  const listed = async () => Number(await table.getAttribute('aria-rowcount')) - 1;
  await page.getByText('100,000 stand now').waitFor();
  await expect.poll(rows).toBeGreaterThan(5);
  expect(await rows()).toBeLessThan(MOST_ROWS);

  await expect
    .poll(
      async () => {
        await page.evaluate(TO_THE_END);
        return listed();
      },
      { timeout: 60_000, interval: 30 },
    )
    .toBe(MANY);
  // What came last may lie below where the list was scrolled to.
  const last = table.getByText(flow(MANY - 1).host, { exact: true }).first();
  await expect
    .poll(async () => {
      await page.evaluate(TO_THE_END);
      return last.isVisible();
    })
    .toBe(true);
  expect(await rows()).toBeLessThan(MOST_ROWS);

  // Held: what is read stays where it is, though other rows would be asked for every three seconds.
  await page.getByText(/Held while you look further down/).waitFor();
  const held = refreshes;
  for (const pixels of [150, 4_000]) {
    const { medianMs, slowestMs } = await page.evaluate<Frames>(measureFrames(pixels));
    console.log(`${MANY} flows, ${pixels} px a frame: median ${medianMs} ms, slowest ${slowestMs} ms`);
  }
  expect(await rows()).toBeLessThan(MOST_ROWS);
  expect([await listed(), refreshes]).toEqual([MANY, held]);

  // Back at the top it goes on by itself.
  await page.evaluate(TO_THE_TOP);
  await expect.poll(() => refreshes, { timeout: 15_000 }).toBeGreaterThan(held);
  await page.getByText(/asked again every 3 seconds/).waitFor();
  expect(shown.faults).toEqual([]);
  await shown.close();
});

interface Frames {
  readonly medianMs: number;
  readonly slowestMs: number;
}

const TO_THE_END = `{ const list = document.querySelector('.virtual'); list.scrollTop = list.scrollHeight; }`;
const TO_THE_TOP = `document.querySelector('.virtual').scrollTop = 0`;
/** How long frames take while the list scrolls up. For a person to read, no assertion. */
const measureFrames = (pixels: number) => `new Promise((done) => {
  const list = document.querySelector('.virtual');
  const times = [];
  let before = performance.now();
  const step = (now) => {
    times.push(now - before);
    before = now;
    list.scrollTop -= ${pixels};
    if (times.length < 100) return requestAnimationFrame(step);
    times.sort((one, other) => one - other);
    done({ medianMs: Math.round(times[50]), slowestMs: Math.round(times[99]) });
  };
  requestAnimationFrame(step);
})`;
