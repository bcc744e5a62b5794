/**
 * A large policy is loaded in a thread of its own that ends with it: reading 10,000 rules takes a second, in which others
 * work, and leaves 200 MB of syntax trees, which V8 would keep for as long as the daemon runs. A small one is not worth
 * a thread, which takes longer to start.
 */
import { readFileSync, statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { lintPolicy } from './lint/lint.ts';
import { keepLoaded, type Loaded, loadPolicyFile, loadPolicySources, type NotLoaded } from './loader.ts';
import type { PolicySources } from './policy.ts';
import type { Problem } from './problem.ts';

const ENTRY = new URL('./load-entry.ts', import.meta.url);
/** Whatever it names may be long; nothing is not. */
const INCLUDES = /^include:(?!\s*\[\s*\])/m;
/** Bytes; some 500 rules. */
const LARGE = 64 * 1024;

export interface LoadOrder {
  /** Path of the entry file, or the text of all files. */
  readonly from: string | PolicySources;
  /** As in LoadOptions. */
  readonly stored: boolean;
}

/** Where it stands is asked by the advice alone, which is given where it was loaded. */
export type LoadedApart = Loaded | NotLoaded;

export interface Loading {
  /** Without advice. Rejects with what kept the thread from loading it. */
  readonly result: Promise<LoadedApart>;
  /** What `lintPolicy` says; it comes when the policy is long at work. */
  readonly advice: Promise<readonly Problem[]>;
}

/** As `loadPolicyFile`, or as `loadPolicySources` for text. */
export function loadApart(from: LoadOrder['from'], { stored = false } = {}): Loading {
  return isLarge(from) ? inThread({ from, stored }) : here(from, stored);
}

/** Whatever is wrong with a file is told when it is loaded. */
export function isLarge(from: LoadOrder['from']): boolean {
  if (typeof from !== 'string') return from.files.reduce((sum, { text }) => sum + text.length, 0) > LARGE;
  try {
    const found = statSync(from);
    return found.isFile() && (found.size > LARGE || INCLUDES.test(readFileSync(from, 'utf8')));
  } catch {
    return false;
  }
}

function here(from: LoadOrder['from'], stored: boolean): Loading {
  const options = { stored, advice: false };
  const result = typeof from === 'string' ? loadPolicyFile(from, options) : loadPolicySources(from, options);
  return {
    result: Promise.resolve(result),
    advice: Promise.resolve(result.ok && !stored ? lintPolicy(result.policy, result.places, Date.now()) : []),
  };
}

function inThread(order: LoadOrder): Loading {
  const worker = new Worker(ENTRY, { workerData: order });
  const result = Promise.withResolvers<LoadedApart>();
  const advice = Promise.withResolvers<readonly Problem[]>();
  worker.once('message', (loaded: LoadedApart) => {
    worker.once('message', advice.resolve);
    if (loaded.ok) keepLoaded(loaded.policy);
    result.resolve(loaded);
  });
  worker.once('error', result.reject);
  worker.once('exit', () => {
    result.reject(new Error('the thread that loads the policy has ended'));
    advice.resolve([]);
  });
  return { result: result.promise, advice: advice.promise };
}
