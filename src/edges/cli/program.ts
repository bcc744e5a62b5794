/** The command line as a whole. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addAnswers } from './command/answers.ts';
import { addApply, addDiff } from './command/apply.ts';
import { addAudit } from './command/audit.ts';
import { addBacktest } from './command/backtest.ts';
import { addBlock, addQuarantine } from './command/block.ts';
import { addBreaker, addOperators } from './command/breaker.ts';
import { addCheck } from './command/check.ts';
import { addClose } from './command/close.ts';
import { addConfirm } from './command/confirm.ts';
import { addDaemon } from './command/daemon.ts';
import { addDecisions } from './command/decisions.ts';
import { addDoctor } from './command/doctor.ts';
import { addEvents } from './command/events.ts';
import { addFlows } from './command/flows.ts';
import { addHosts } from './command/hosts.ts';
import { addIncidents } from './command/incidents.ts';
import { addLearn } from './command/learn.ts';
import { addNames } from './command/names.ts';
import { addProposal } from './command/proposal.ts';
import { addReplay } from './command/replay.ts';
import { addRevisions, addRollback } from './command/revisions.ts';
import { addRules } from './command/rules.ts';
import { addStatus } from './command/status.ts';
import { addSuppressions, addUnsuppress } from './command/suppressions.ts';
import { addTest } from './command/test.ts';
import { addToken } from './command/token.ts';
import { CommandError } from './errors.ts';
import { Screen } from './screen.ts';

const EPILOGUE = `
Exit codes: 0 done, 1 failed, 2 bad input, 3 not permitted.
With --json a failure is one JSON document on standard error.
The daemon is found by PENSTOCK_URL and PENSTOCK_TOKEN, or by its state directory
(--state-dir, PENSTOCK_STATE_DIR, default /var/lib/penstock).`;

export function createProgram(): Command {
  const program = new Command('penstock')
    .description('Egress firewall policy enforcement: watch, alert, block, approve, roll back')
    .version(version())
    .option('--json', 'one JSON document instead of text')
    .option('--state-dir <dir>', 'where the daemon keeps its state')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EPILOGUE)
    .exitOverride();
  const groups = [
    [addDaemon, addDoctor, addStatus],
    [addCheck, addTest, addDiff, addApply, addConfirm, addReplay, addBacktest, addLearn],
    [addIncidents, addClose, addSuppressions, addUnsuppress],
    [addDecisions, addAnswers, addBlock, addQuarantine, addBreaker, addOperators, addProposal],
    [addRules, addRevisions, addRollback, addFlows, addHosts, addNames, addEvents, addAudit, addToken],
  ];
  for (const add of groups.flat()) add(program);
  return program;
}

function version(): string {
  const file = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** Returns the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has said what is wrong with the arguments itself; help and version are no failure.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const known = error instanceof CommandError ? error : unexpected(error);
    new Screen({ json: args.includes('--json') }).fail(known);
    return known.exitCode;
  }
}

function unexpected(cause: unknown): CommandError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new CommandError('unexpected', 1, message, { cause });
}
