import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { incident, NOON } from '../api/samples.ts';
import { ServedApi } from '../api/served-api.ts';
import { penstock, Running, reaching } from './penstock.ts';

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';

/** Of a busy machine. */
const PATIENCE = { timeout: 30_000 };

let api: ServedApi;
beforeEach(async () => {
  api = await ServedApi.start();
});
afterEach(() => api[Symbol.asyncDispose]());

/** What the terminal shows: the last frame, without what moves the cursor and colours it. */
function screenOf({ out }: Running): string[] {
  const frame = out.text.slice(out.text.lastIndexOf('\u001b[H') + 3);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is taken out
  return frame.replaceAll(/\u001b\[[?\d;]*[A-Za-z]/g, '').split('\r\n');
}

const watching = (...args: string[]) =>
  new Running([...args, '--watch'], reaching(api, 'viewer'), { columns: 60, rows: 8, nowMs: NOON + 65_000 });

describe('--watch', () => {
  it('shows a frame on the other screen, and leaves the terminal as it was', async () => {
    const running = watching('incidents');
    await expect.poll(() => screenOf(running).length, PATIENCE).toBe(6);
    const [title, trouble, head, first] = screenOf(running);
    expect(title).toMatch(/^penstock incidents {2}2026-10-05 14:01:05 \+02:00 {2}q ends it$/);
    expect([trouble, head]).toEqual(['', 'ID  SEVERITY  HOST       DESTINATION    REASON']);
    expect(first).toBe('I3  medium    10.1.0.10  198.51.100.66  no rule allows tcp/…');
    running.input.write('q');
    expect((await running.done).code).toBe(0);
    expect(running.out.text.startsWith(ENTER)).toBe(true);
    expect(running.out.text.endsWith(LEAVE)).toBe(true);
    expect([running.listeners, running.out.listenerCount('resize')]).toEqual([0, 0]);
  });
  it('shows it anew as soon as something happens', async () => {
    const running = new Running(['incidents', '--watch', '3600'], reaching(api, 'viewer'), {
      columns: 80,
      rows: 20,
    });
    await expect.poll(() => screenOf(running).join(), PATIENCE).toContain('I3');
    // Not before the events are listened to.
    await expect.poll(() => api.engine.listeners, PATIENCE).toBe(1);
    api.append({ type: 'incident.opened', actor: 'penstock', body: { incident: incident(4) } });
    await expect.poll(() => screenOf(running).join(), PATIENCE).toContain('I4');
    running.interrupt();
    expect((await running.done).code).toBe(0);
  });
  it('follows the size of the terminal, and says what it leaves off', async () => {
    const running = watching('audit', 'list');
    expect((await running.done).err).toContain("unknown option '--watch'");
    const long = new Running(['status', '--watch', '3600'], reaching(api, 'viewer'), {
      columns: 80,
      rows: 6,
    });
    await expect.poll(() => screenOf(long).at(-1), PATIENCE).toMatch(/^… \d+ more lines$/);
    Object.assign(long.out, { rows: 50, columns: 120 });
    long.out.emit('resize');
    await expect.poll(() => screenOf(long).at(-1), PATIENCE).toMatch(/^event to block/);
    long.input.write('\u0003');
    await long.done;
  });
  it('goes on over a daemon that is started again, and keeps what it showed', async () => {
    const running = new Running(['decisions', '--watch', '0.2'], reaching(api, 'viewer'), {
      columns: 80,
      rows: 20,
    });
    await expect.poll(() => screenOf(running).join(), PATIENCE).toContain('D3');
    await api.restart();
    await expect.poll(() => screenOf(running)[1], PATIENCE).toMatch(/no daemon at|connection .* failed/);
    expect(screenOf(running).join()).toContain('D3');
    running.interrupt();
    await running.done;
  });
  it('ends, with the terminal as it was, when it may not look', async () => {
    const { code, out, err } = await penstock(
      ['flows', '--watch'],
      { PENSTOCK_URL: api.url, PENSTOCK_TOKEN: 'x' },
      { columns: 60, rows: 8 },
    );
    expect({ code, err }).toMatchObject({ code: 3, err: expect.stringContaining('PENSTOCK_TOKEN') });
    expect(out).toBe(`${ENTER}${LEAVE}`);
  });
  it('needs a terminal, but not with --json: then it is a document a look', async () => {
    expect(await penstock(['status', '--watch'], reaching(api, 'viewer'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('needs a terminal'),
    });
    const running = new Running(['--json', 'rules', '--watch', '0.2'], reaching(api, 'viewer'));
    await expect.poll(() => running.out.text.split('\n').length, PATIENCE).toBeGreaterThan(2);
    running.interrupt();
    const { out } = await running.done;
    for (const line of out.trim().split('\n')) expect(JSON.parse(line).rules).toHaveLength(3);
  });
  it.each(['0', '0.1', '4000', 'soon'])('refuses %s seconds', async (seconds) => {
    expect((await penstock(['status', '--watch', seconds], reaching(api, 'viewer'))).code).toBe(2);
  });
});
