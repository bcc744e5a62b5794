/** The parse thread's entry: one content in, its networks out, by moving their memory. */
import { parentPort, workerData } from 'node:worker_threads';
import { parseFeedBytes } from '../../policy/feed/parser.ts';
import type { ParseTask } from './parse-thread.ts';

const { bytes, order } = workerData as ParseTask;
const parsed = parseFeedBytes(bytes, order);
const columns = parsed.ok ? [parsed.prefixes.ipv4, parsed.prefixes.ipv6] : [];
const memory = columns.flatMap(({ words, lengths }) => [words.buffer, lengths.buffer]);
parentPort?.postMessage(parsed, memory as ArrayBuffer[]);
