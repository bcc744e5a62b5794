/**
 * Keeps STATE/boot.nft: the last good state, for the next boot (systemd/penstock-boot).
 *
 *   idle --- the policy's part changed: at once; blocks changed: 10 s after the last file, or longer ---> writing
 *    ^                                                                                                       |
 *    |                                                               a slice a turn into boot.nft.tmp        |
 *    +--- fsync, rename, fsync of the folder: the main thread (boot-file-settling.ts) --- settling <---------+
 *
 * A policy that waits to be confirmed is never what boots: while one does, the file keeps the policy's part of the
 * last time that none did. Decisions are good at once, whatever policy they come from. After a restart in such a
 * time the file is left as it is, for what was confirmed is not known here then.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { type BootChoice, bootElements } from '../enforcement/boot-elements.ts';
import { BOOT_TEXT_END, type BootContent, bootDigest, bootText } from '../enforcement/boot-text.ts';
import type { KernelElement } from '../enforcement/element.ts';
import type { Enforcer } from '../enforcement/enforcer.ts';
import { descriptorOf } from '../enforcement/sets.ts';
import type { Journal } from './journal.ts';

/** After a file, until another for the sake of blocks. */
const BLOCKS_PAUSE_MS = 10_000;
/** And what making one takes is at most this share of the time. */
const MOST_SHARE = 0.005;
/** What nothing announces (an allow rule that has expired, answers of name servers) is in the file after this long. */
const REFRESH_MS = 600_000;
const RETRY_MS = 60_000;
/** Lines at a time: some milliseconds. */
const SLICE_LINES = 4_000;

export interface BootFileParts {
  readonly path: string;
  readonly choice: BootChoice;
  readonly enforcer: Enforcer;
  readonly journal: Journal;
  /** Of the policy in force. */
  readonly policyDigest: () => string | null;
  /** The policy in force is there to stay. */
  readonly isConfirmed: () => boolean;
  /** Have another thread put the file in its place; it says how that went by {@link BootFile.settled}. */
  readonly settle: (temporary: string, path: string) => void;
}

interface Writing {
  readonly fd: number;
  readonly name: string;
  readonly lines: Generator<string>;
}

export class BootFile implements Disposable {
  readonly #parts: BootFileParts;
  #tableText: string | undefined;
  /** What is not of decisions, as it last was while the policy in force was confirmed. */
  #confirmed: (BootContent & { readonly digest: string | null }) | undefined;
  #writing: Writing | undefined;
  /** Another thread has it. */
  #settling: string | undefined;
  /** Nobody answers any more: it is done here. */
  #isLast = false;
  /** What the last file took until it was written. */
  #workMs = 0;
  /** What the last file was made of. */
  #written = { policy: '', blocks: '', all: '', atMs: Number.NEGATIVE_INFINITY };
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #failure: string | undefined;

  constructor(parts: BootFileParts) {
    this.#parts = parts;
  }

  /** Go on writing, or see whether there is something to write. `now` is by a clock that nobody sets. */
  tend(nowMs: number, now = performance.now()): void {
    const writing = this.#writing;
    try {
      if (writing !== undefined) this.#timed(() => this.#slice(writing));
      else if (this.#settling === undefined && now >= this.#notBeforeMs) this.#look(nowMs, now);
    } catch (error) {
      this.#fail((error as Error).message, now);
    }
  }

  /** What {@link BootFileParts.settle} was asked for is done, or why not. */
  settled(failure: string | null, now = performance.now()): void {
    if (this.#settling === undefined) return;
    this.#settling = undefined;
    if (failure !== null) this.#fail(failure, now);
    else this.#failure = undefined;
  }

  /** Write what there is to write, to its end. */
  finish(nowMs: number): void {
    // What another thread has not put in its place by now comes too late.
    if (this.#settling !== undefined) {
      rmSync(this.#settling, { force: true });
      this.#written.all = '';
    }
    this.#settling = undefined;
    this.#isLast = true;
    this.#written.atMs = Number.NEGATIVE_INFINITY;
    do this.tend(nowMs);
    while (this.#writing !== undefined);
  }

  [Symbol.dispose](): void {
    if (this.#writing !== undefined) closeSync(this.#writing.fd);
    this.#writing = undefined;
  }

  #look(nowMs: number, now: number): void {
    const { enforcer, policyDigest, isConfirmed } = this.#parts;
    const [policy, blocks] = [policyDigest(), enforcer.digest];
    const isNewPolicy = isConfirmed() && policy !== this.#written.policy;
    const pauseMs = Math.max(BLOCKS_PAUSE_MS, this.#workMs / MOST_SHARE);
    const isNewBlocks = blocks !== this.#written.blocks && now - this.#written.atMs >= pauseMs;
    const isOld = now - this.#written.atMs >= REFRESH_MS;
    if (!isNewPolicy && !isNewBlocks && !isOld) return;
    this.#workMs = 0;
    this.#timed(() => this.#make(blocks, nowMs, now));
  }

  #make(blocks: string, nowMs: number, now: number): void {
    const content = this.#content(nowMs);
    if (content === undefined) return;
    const all = bootDigest(content);
    const isSame = all === this.#written.all;
    this.#written = { policy: this.#confirmed?.digest ?? '', blocks, all, atMs: now };
    if (!isSame) this.#begin(content, nowMs);
  }

  #timed(work: () => void): void {
    const beganAt = performance.now();
    work();
    this.#workMs += performance.now() - beganAt;
  }

  /** Undefined while it is not known what is confirmed. */
  #content(nowMs: number): BootContent | undefined {
    const { enforcer, choice, isConfirmed, policyDigest } = this.#parts;
    const standing = enforcer.wantedApart(nowMs);
    const isOfDecision = ({ set }: KernelElement) => descriptorOf(set).owner === 'blocks';
    if (isConfirmed()) {
      const elements = standing.elements.filter((element) => !isOfDecision(element));
      this.#confirmed = { digest: policyDigest(), elements, lists: standing.lists };
    }
    if (this.#confirmed === undefined) return undefined;
    const elements = [...standing.elements.filter(isOfDecision), ...this.#confirmed.elements];
    return { elements: bootElements(elements, choice), lists: this.#confirmed.lists };
  }

  #begin(content: BootContent, nowMs: number): void {
    this.#tableText ??= this.#parts.enforcer.tableText();
    // The other thread may just be at the last but one.
    const name = `${this.#parts.path}.${this.#isLast ? 'last' : 'tmp'}`;
    const fd = openSync(name, 'w', 0o600);
    this.#writing = { fd, name, lines: bootText(this.#tableText, content, nowMs) };
    this.#slice(this.#writing);
  }

  #slice({ fd, name, lines }: Writing): void {
    let slice = '';
    for (let i = 0; i < SLICE_LINES; i++) {
      const { value, done } = lines.next();
      if (done) break;
      slice += value;
    }
    writeAll(fd, slice);
    if (!slice.endsWith(BOOT_TEXT_END)) return;
    const { path, settle } = this.#parts;
    if (this.#isLast) fsyncSync(fd);
    closeSync(fd);
    this.#writing = undefined;
    if (this.#isLast) {
      renameSync(name, path);
      syncFolder(dirname(path));
    } else {
      this.#settling = name;
      settle(name, path);
    }
  }

  #fail(message: string, now: number): void {
    this[Symbol.dispose]();
    this.#written = { ...this.#written, policy: '', blocks: '', all: '' };
    this.#notBeforeMs = now + RETRY_MS;
    if (message !== this.#failure)
      this.#parts.journal.log('error', `the file for the next boot was not written: ${message}`);
    this.#failure = message;
  }
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

function syncFolder(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
