/** The loading thread's entry: a policy's file or its text in; the policy or its problems out, then the advice. */
import { parentPort, workerData } from 'node:worker_threads';
import { lintPolicy } from './lint/lint.ts';
import type { LoadedApart, LoadOrder } from './load-thread.ts';
import { loadPolicyFile, loadPolicySources } from './loader.ts';

const { from, stored } = workerData as LoadOrder;
const options = { stored, advice: false };
const result = typeof from === 'string' ? loadPolicyFile(from, options) : loadPolicySources(from, options);
const { ok } = result;
const told: LoadedApart = ok ? { ok, policy: result.policy, warnings: result.warnings } : result;
parentPort?.postMessage(told);
parentPort?.postMessage(result.ok && !stored ? lintPolicy(result.policy, result.places, Date.now()) : []);
