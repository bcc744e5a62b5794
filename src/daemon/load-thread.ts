/**
 * A large policy is loaded in a thread of its own that ends with it: reading 10,000 rules leaves 200 MB of syntax trees,
 * which V8 would keep for as long as the daemon runs. A small one is not worth a thread, which takes longer to start.
 */
import { readFileSync, statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { keepLoaded, type LoadResult, loadPolicyFile } from '../policy/loader.ts';

const ENTRY = new URL('./load-entry.ts', import.meta.url);
/** Bytes; some 500 rules. */
const LARGE = 64 * 1024;

/** As {@link loadPolicyFile}. @throws what kept the thread from loading it */
export async function loadApart(path: string): Promise<LoadResult> {
  if (!isLarge(path)) return loadPolicyFile(path);
  const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
  const worker = new Worker(ENTRY, { workerData: path });
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', () => reject(new Error('the thread that loads the policy has ended')));
  const result = await promise;
  if (result.ok) keepLoaded(result.policy);
  return result;
}

/** Whatever is wrong with the file is told when it is loaded. */
function isLarge(path: string): boolean {
  try {
    const found = statSync(path);
    return found.isFile() && (found.size > LARGE || /^include:/m.test(readFileSync(path, 'utf8')));
  } catch {
    return false;
  }
}
