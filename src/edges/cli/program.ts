/** The command line as a whole. */
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { CATALOGUE } from './catalogue.ts';
import { defined, isCommand } from './definition.ts';
import { CommandError } from './errors.ts';
import { lookOf, shown } from './look.ts';
import { ProgramCommand } from './program-command.ts';
import { Screen } from './screen.ts';
import type { Surroundings } from './surroundings.ts';

const EPILOGUE = `
Examples:
  $ penstock status
  $ penstock incidents --state open --watch
  $ penstock help apply

The daemon is found by --url, PENSTOCK_URL or client.url in the settings file, else by what it
leaves in its state directory; the token by PENSTOCK_TOKEN, PENSTOCK_TOKEN_FILE or client.tokenFile,
else root's own there. penstock doctor shows what holds and who said it.
On a terminal tables are cut to its width: pipe through cat to see all of them.`;

const EXITS = `
Exit codes: 0 done, 1 failed, 2 bad input, 3 not permitted.
With --json a failure is one JSON document on standard error.`;

export function createProgram(around: Surroundings): ProgramCommand {
  const program = new ProgramCommand('penstock', around)
    .description('Egress firewall policy enforcement: watch, alert, block, approve, roll back')
    .version(version())
    .option('--json', 'one JSON document instead of text')
    .option('--no-color', 'no colours (NO_COLOR); FORCE_COLOR gives them without a terminal too')
    .option('--url <url>', 'where the daemon listens: http, https or unix:/path (PENSTOCK_URL)')
    .option('--state-dir <dir>', 'where the daemon keeps its state (PENSTOCK_STATE_DIR)')
    .option('--config <file>', 'settings, where neither flag nor environment says (PENSTOCK_CONFIG)')
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => shown({ text: title, style: 'bold' }, lookOf(around.out, around)),
    })
    .addHelpText('after', EPILOGUE)
    .addHelpText('afterAll', EXITS)
    .exitOverride();
  for (const { title, commands } of CATALOGUE) {
    program.commandsGroup(title);
    for (const { name, about } of commands) program.command(name).description(about);
  }
  program.hook('preSubcommand', (_program, command) => defined(command));
  return program;
}

function version(): string {
  const file = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** What completion scripts ask; no command, since a command's options are not to be taken for its own. */
const COMPLETE = '__complete';

/** Returns the exit code. */
export async function run(args: readonly string[], around: Surroundings): Promise<number> {
  const program = createProgram(around);
  if (args[0] === COMPLETE)
    return (await import('./completion/complete.ts')).complete(program, args.slice(1));
  try {
    await defineForHelp(program, args);
    await program.parseAsync(args, { from: 'user' });
    return program.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && /^commander\.(help|version)/.test(error.code))
      return error.exitCode === 0 ? 0 : 2;
    const known = error instanceof CommanderError ? badArguments(error, args) : commandError(error);
    const json = args.includes('--json');
    new Screen(around, { json, ...(args.includes('--no-color') && { colour: false }) }).fail(known);
    return known.exitCode;
  }
}

/** `penstock help NAME` shows it without asking the hook. */
async function defineForHelp(program: ProgramCommand, [first, name]: readonly string[]): Promise<void> {
  const command = first === 'help' && program.commands.find((each) => each.name() === name);
  if (command) await defined(command);
}

/** What commander finds wrong, and where the person reads on. */
function badArguments({ message }: CommanderError, args: readonly string[]): CommandError {
  const command = args.find(isCommand);
  const [what = '', ...more] = message
    .replace(/^error: /, '')
    .split('\n')
    .filter((line) => line !== '');
  return new CommandError('bad-arguments', 2, what, {
    details: [...more, `see: penstock ${command === undefined ? '' : `${command} `}--help`],
  });
}

function commandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CommandError('unexpected', 1, message, { cause: error });
}
