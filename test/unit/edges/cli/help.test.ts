import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../../src/edges/cli/catalogue.ts';
import { defined } from '../../../../src/edges/cli/definition.ts';
import { createProgram } from '../../../../src/edges/cli/program.ts';
import { ofProcess } from '../../../../src/edges/cli/surroundings.ts';
import { penstock } from './penstock.ts';

const program = createProgram(ofProcess());
for (const command of program.commands) await defined(command);

/** `token create` and all others, but those that only hold others. */
function leaves(command: Command): string[] {
  const inner = command.commands.flatMap(leaves);
  const all = inner.length > 0 ? inner : [''];
  return command === program ? all : all.map((name) => `${command.name()} ${name}`.trim());
}

describe('every command', () => {
  it.each(leaves(program).map((name) => [name]))(
    'penstock %s --help has examples and exit codes',
    async (name) => {
      const { code, out, err } = await penstock([...name.split(' '), '--help']);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/^Usage: penstock /);
      expect(out).toMatch(/\nExamples:\n {2}\$ penstock /);
      expect(out).toMatch(/\nExit codes: 0 done, 1 failed, 2 bad input, 3 not permitted\.\n/);
    },
  );
  it('is in the help of the whole, in its group', async () => {
    const { out } = await penstock(['--help']);
    for (const { title, commands } of CATALOGUE) {
      expect(out).toContain(`\n${title}\n`);
      for (const { name } of commands) expect(out).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
    }
  });
  it('help NAME is NAME --help', async () => {
    expect((await penstock(['help', 'apply'])).out).toBe((await penstock(['apply', '--help'])).out);
  });
});

describe('what is typed wrong', () => {
  it.each([
    [['statsu'], "unknown command 'statsu'\n(Did you mean status?)\nsee: penstock --help\n"],
    [['token', 'crate'], "unknown command 'crate'\n(Did you mean create?)\nsee: penstock token --help\n"],
    [['block', '192.0.2.1'], "required option '--ttl <span>' not specified\nsee: penstock block --help\n"],
    [
      ['flows', '--hots', 'x'],
      "unknown option '--hots'\n(Did you mean --host?)\nsee: penstock flows --help\n",
    ],
  ])('%j is told with what to do', async (args, words) => {
    expect(await penstock(args)).toEqual({ code: 2, out: '', err: `penstock: ${words}` });
  });
  it('and with --json is one document', async () => {
    const { err } = await penstock(['--json', 'statsu']);
    expect(JSON.parse(err).error).toEqual({
      code: 'bad-arguments',
      message: "unknown command 'statsu'",
      details: ['(Did you mean status?)', 'see: penstock --help'],
    });
  });
});

it('no colour where none is wanted, and colour where it is', async () => {
  const coloured = async (env: Record<string, string>, ...flags: string[]) =>
    (await penstock([...flags, '--help'], env, { columns: 80, rows: 24 })).out.includes('\u001b[');
  expect(await coloured({})).toBe(true);
  expect(await coloured({ NO_COLOR: '1' })).toBe(false);
});
