import { type Command, Option } from 'commander';
import type { Schema } from 'penstock-client';
import { parseDuration } from '../../../policy/quantity.ts';
import { collected, doing, examples, parsed } from '../action.ts';
import { answered } from '../client.ts';
import type { Look } from '../look.ts';
import { facts, table } from '../table.ts';
import { age, moment } from '../time.ts';

type Token = Schema<'Token'>;

const ROLES = ['viewer', 'operator', 'approver', 'admin'] as const;

export function defineToken(command: Command): void {
  command.addHelpText(
    'after',
    examples('token create console --role approver', 'token list', 'token revoke guest'),
  );
  addCreate(command);
  addList(command);
  addRevoke(command);
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
    .option(
      '--scope <scope>',
      'only this of what the role may: read, an area such as policy, or AREA:read; can be given many times',
      collected(scope),
    )
    .addHelpText(
      'after',
      examples(
        'token create console --role approver',
        'token create guest --role viewer --expires 1d',
        'token create pipeline --role admin --scope policy --scope status:read',
      ),
    )
    .action(
      doing<CreateOptions>(async (context, [name = ''], { role, expires, scope: scopes }) => {
        const { screen, around } = context;
        const expiresAtMs = expires === undefined ? null : around.now() + expires;
        const api = await context.api();
        const made = await answered(api.POST('/v1/tokens', { body: { name, role, expiresAtMs, scopes } }));
        screen.show(made, ({ token }, look) =>
          facts([...tokenFacts(made, look), ['token', token ?? '-']], look),
        );
        if (!screen.json) screen.remark('Keep it now: it is not shown again.');
        return undefined;
      }),
    );
}

interface CreateOptions {
  role: Token['role'];
  expires?: number;
  scope?: Scope[];
}

type Scope = NonNullable<Token['scopes']>[number];

/** Which there are the API says. */
function scope(text: string): Scope {
  if (!/^[a-z]+(:read)?$/.test(text))
    throw new Error(`'${text}' is no scope, such as read, policy or flows:read`);
  return text as Scope;
}

function addList(token: Command): void {
  token
    .command('list')
    .description('List tokens, without their text')
    .addHelpText('after', examples('token list'))
    .action(
      doing(async (context) => {
        const tokens = await answered((await context.api()).GET('/v1/tokens'));
        context.screen.show(tokens, ({ items }, look) => describeAll(items, look));
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
      doing(async (context, [name = '']) => {
        const api = await context.api();
        const gone = await answered(api.DELETE('/v1/tokens/{name}', { params: { path: { name } } }));
        context.screen.show(gone, (one, look) =>
          facts([...tokenFacts(one, look), ['state', 'revoked']], look),
        );
        return undefined;
      }),
    );
}

function tokenFacts({ name, role, expiresAtMs, scopes }: Token, look: Look): [string, string][] {
  return [
    ['name', name],
    ['role', role],
    ['scopes', scopes?.join(', ') ?? 'all of the role'],
    ['expires', expiresAtMs === null ? 'never' : moment(expiresAtMs, look)],
  ];
}

const HEADS = [
  'name',
  'role',
  { head: 'scopes', least: 12 },
  { head: 'made', drop: 1 },
  'expires',
  'last used',
];

function describeAll(tokens: readonly Token[], look: Look): string {
  const rows = tokens.map(({ name, role, scopes, createdAtMs, expiresAtMs, lastUsedAtMs }) => [
    name,
    role,
    scopes?.join(', ') ?? 'all',
    age(createdAtMs, look),
    expiresAtMs === null ? 'never' : age(expiresAtMs, look),
    lastUsedAtMs === null ? 'never' : age(lastUsedAtMs, look),
  ]);
  return table(HEADS, rows, look);
}
