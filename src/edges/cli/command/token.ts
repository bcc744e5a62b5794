import { type Command, Option } from 'commander';
import { parseDuration } from '../../../policy/schema/quantity.ts';
import { doing, examples, parsed } from '../context.ts';
import { facts, table } from '../table.ts';
import { localTime } from '../time.ts';
import type { Token } from '../wire.ts';

const ROLES = ['viewer', 'operator', 'approver', 'admin'];

export function addToken(program: Command): void {
  const token = program.command('token').description('Manage the tokens of the API');
  addCreate(token);
  addList(token);
  addRevoke(token);
}

function addCreate(token: Command): void {
  token
    .command('create')
    .argument('<name>', 'what the ledger calls who uses it')
    .description('Make a token; its text is shown once')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option(
      '--expires <span>',
      'how long it works, such as 30d; default: until it is revoked',
      parsed(parseDuration),
    )
    .addHelpText(
      'after',
      examples('token create console --role approver', 'token create guest --role viewer --expires 1d'),
    )
    .action(
      doing<{ role: string; expires?: number }>(async ({ client, screen }, [name], { role, expires }) => {
        const expiresAtMs = expires === undefined ? null : Date.now() + expires;
        const made = await client.post<Token & { token: string }>('/v1/tokens', { name, role, expiresAtMs });
        screen.show(made, ({ token }) => facts([...tokenFacts(made), ['token', token]]));
        if (!screen.json) screen.remark('Keep it now: it is not shown again.');
        return undefined;
      }),
    );
}

function addList(token: Command): void {
  token
    .command('list')
    .description('List tokens, without their text')
    .addHelpText('after', examples('token list'))
    .action(
      doing(async ({ client, screen }) => {
        const tokens = await client.get<{ items: Token[] }>('/v1/tokens');
        screen.show(tokens, ({ items }) => describeAll(items, screen.width));
        return undefined;
      }),
    );
}

function addRevoke(token: Command): void {
  token
    .command('revoke')
    .argument('<name>')
    .description('Revoke a token at once')
    .addHelpText('after', examples('token revoke guest'))
    .action(
      doing(async ({ client, screen }, [name = '']) => {
        const gone = await client.delete<Token>(`/v1/tokens/${encodeURIComponent(name)}`);
        screen.show(gone, (one) => facts([...tokenFacts(one), ['state', 'revoked']]));
        return undefined;
      }),
    );
}

function tokenFacts({ name, role, expiresAtMs }: Token): [string, string][] {
  return [
    ['name', name],
    ['role', role],
    ['expires', expiresAtMs === null ? 'never' : localTime(expiresAtMs)],
  ];
}

function describeAll(tokens: readonly Token[], width: number | undefined): string {
  const rows = tokens.map(({ name, role, createdAtMs, expiresAtMs, lastUsedAtMs }) => [
    name,
    role,
    localTime(createdAtMs),
    expiresAtMs === null ? 'never' : localTime(expiresAtMs),
    lastUsedAtMs === null ? 'never' : localTime(lastUsedAtMs),
  ]);
  return table(['name', 'role', 'made', 'expires', 'last used'], rows, width);
}
