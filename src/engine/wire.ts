/** The messages between the two threads, and what the engine thread is started with. */
import type { MessagePort } from 'node:worker_threads';
import type { BootChoice } from '../enforcement/boot-elements.ts';
import type { Policy } from '../policy/policy.ts';
import type { CommandName, Notice, Outcome } from './commands.ts';
import type { SentParams } from './policy-parcel.ts';

export interface EngineSettings {
  /** Path of the ledger's database file. */
  ledgerPath: string;
  /** The file of the policy is long, and is being loaded by another thread. */
  policyIsLarge?: boolean;
  /** Which boot of the machine this is; null when that cannot be read. */
  bootId: string | null;
  /** The file for the next boot; none is kept when left out. */
  boot?: { path: string; choice: BootChoice };
  /** Others may only read the table (flag `owner`). */
  tableOwner?: boolean;
  /** Our bits of the connection mark; left out, the default (enforcement/ruleset/generation.ts). */
  markMask?: number;
  wakeFd: number;
  /** The kernel's number of the thread that starts the engine, which keeps a table too (capture-table.ts). */
  starterThread?: number;
  version: string;
}

/** Read while the engine starts: it is asked for when all blocks stand. */
export interface StartPolicy {
  /** The policy that the daemon was started with; what is in force may be a later one from the ledger. */
  readonly policy: Policy | undefined;
  /** Who is named as the policy's author in the ledger. */
  readonly policyActor: string;
  /** What was wrong with the file that was named, one line each; recorded. */
  readonly policyProblems: readonly string[];
}

/** A thread that loads its modules, and then reads from `prologue`: EngineSettings, and StartPolicy when it is there. */
export interface EngineThreadData {
  readonly prologue: MessagePort;
}

export type ToEngine =
  | { call: number; name: CommandName; params: SentParams }
  /** Nobody waits for the answer of this call any more. */
  | { cancelled: number };

export type FromEngine =
  | { kind: 'ready' }
  | { kind: 'reply'; call: number; outcome: Outcome<unknown> }
  | { kind: 'notice'; notice: Notice };
