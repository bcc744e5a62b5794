/** The parse process's entry: one content in, its networks or problems out. */
import { parseFeedBytes } from '../../policy/feed/parser.ts';
import type { ParseTask } from './parse-process.ts';

process.once('message', ({ bytes, order }: ParseTask) => {
  process.send?.(parseFeedBytes(bytes, order), () => process.disconnect?.());
});
