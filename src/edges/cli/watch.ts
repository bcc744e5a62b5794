/**
 * `--watch`: what a command shows, shown anew on the terminal's other screen (xterm control sequences, DECSET 1049),
 * which leaves what was there before as it was. With `--json` one document a look, for programs.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Context } from './context.ts';
import { CommandError, type ExitCode } from './errors.ts';
import { followLedger } from './ledger-events.ts';
import { plain } from './plain-text.ts';
import { Screen } from './screen.ts';
import { WatchTerminal } from './watch-terminal.ts';

interface WatchSettings {
  readonly everyMs: number;
  readonly cues: readonly string[];
  readonly title: string;
}

type Show = (screen: Screen) => Promise<ExitCode | undefined>;

/** What may be over at the next look; anything else ends the watch. */
const PASSING = ['no-daemon', 'no-answer', 'connection-lost', 'busy', 'bad-answer', 'no-token'];
/** A burst of entries is one reason to look. */
const CALM_MS = 150;

export async function watch(context: Context, show: Show, settings: WatchSettings): Promise<undefined> {
  const stopper = new AbortController();
  using _interrupt = context.around.onInterrupt(() => stopper.abort());
  using cue = new Cue(stopper.signal);
  if (settings.cues.length > 0) void listen(context, settings.cues, cue, stopper.signal);
  if (context.screen.json) await repeat(() => show(context.screen), settings.everyMs, cue, stopper.signal);
  else await draw(context, show, settings, { cue, stopper });
}

async function draw(
  { around, screen }: Context,
  show: Show,
  { everyMs, title }: WatchSettings,
  { cue, stopper }: { cue: Cue; stopper: AbortController },
): Promise<void> {
  if (!around.out.isTTY)
    throw new CommandError('bad-option', 2, '--watch needs a terminal; with --json it needs none');
  const { colours } = screen.look;
  using terminal = new WatchTerminal(around, {
    colours,
    onQuit: () => stopper.abort(),
    onResize: () => cue.ring(),
  });
  let lines: readonly string[] = [];
  const look = async () => {
    const frame = new FrameScreen(screen);
    let trouble = '';
    try {
      await show(frame);
      lines = frame.lines;
    } catch (error) {
      trouble = passingTrouble(error);
    }
    if (!stopper.signal.aborted) terminal.draw(title, lines, trouble);
  };
  await repeat(look, everyMs, cue, stopper.signal);
}

/** @throws what will not pass by itself */
function passingTrouble(error: unknown): string {
  if (error instanceof CommandError && PASSING.includes(error.code)) return plain(error.message);
  throw error;
}

async function repeat(look: () => Promise<unknown>, everyMs: number, cue: Cue, signal: AbortSignal) {
  while (!signal.aborted) {
    await look();
    await cue.rung(everyMs);
  }
}

/** Rings when something happened; without a connection the interval alone goes on. */
async function listen(context: Context, types: readonly string[], cue: Cue, signal: AbortSignal) {
  const quiet = new Context(context.around, context.flags, new FrameScreen(context.screen));
  while (!signal.aborted) {
    try {
      for await (const _ of followLedger(quiet, { types, signal })) cue.ring();
    } catch {
      // The look itself tells what is wrong.
      await pause(5_000, undefined, { signal }).catch(() => {});
    }
  }
}

/** Takes what is shown instead of writing it. */
class FrameScreen extends Screen {
  readonly lines: string[] = [];

  constructor(screen: Screen) {
    super(screen.around, { json: false, ...(screen.colour !== undefined && { colour: screen.colour }) });
  }

  override write(text: string): void {
    this.lines.push(...text.split('\n'));
  }

  override remark(text: string): void {
    this.lines.push('', plain(text));
  }
}

/** A bell that is not missed when it rings before somebody waits. */
class Cue implements Disposable {
  readonly #signal: AbortSignal;
  readonly #stop = () => this.ring();
  #bell = Promise.withResolvers<void>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#stop, { once: true });
  }

  ring(): void {
    this.#bell.resolve();
  }

  /** Until it rings, or for so long. */
  async rung(withinMs: number): Promise<void> {
    const timer = setTimeout(() => this.ring(), withinMs);
    await this.#bell.promise;
    clearTimeout(timer);
    if (!this.#signal.aborted) await pause(CALM_MS, undefined, { signal: this.#signal }).catch(() => {});
    this.#bell = Promise.withResolvers<void>();
    if (this.#signal.aborted) this.ring();
  }

  [Symbol.dispose](): void {
    this.#signal.removeEventListener('abort', this.#stop);
  }
}
