/**
 * What differs between two policies, by what their parts mean and not by how they are written: where something stands
 * in the file, comments and order do not count.
 *
 *   rules, hostGroups, addressSets, services, ...   by id or name: added, removed, or which of their fields changed
 *   mode, guardrails, neverBlock, response, ...     field by field
 */
import { isDeepStrictEqual } from 'node:util';
import { formatPrefix } from '../../address/prefix.ts';
import type { Policy } from '../policy.ts';
import { type PrefixColumns, prefixesOf } from '../prefix-columns.ts';
import { nameOf, valueText } from './value-text.ts';

export interface PolicyDifference {
  readonly parts: readonly PartDifference[];
  /** Parts that differ besides those listed. */
  readonly more: number;
}

export interface PartDifference {
  /** The policy's own name for it: `rules`, `denyLists`, `guardrails`, `mode`. */
  readonly part: string;
  /** Which of several; null where there is one. */
  readonly id: string | null;
  readonly change: 'added' | 'removed' | 'changed';
  /** Of what changed; of what was added or removed, what it says. */
  readonly fields: readonly FieldDifference[];
}

export interface FieldDifference {
  readonly field: string;
  /** What it said and says; null where there was or is nothing, and for lists, which say what came and went. */
  readonly from: string | null;
  readonly to: string | null;
  /** Of a list: at most {@link MAX_LISTED}, and then how many more. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

const MAX_PARTS = 1_000;
const MAX_LISTED = 20;
/** Not part of what a policy does, or what follows from other fields. */
const NO_PARTS: ReadonlySet<string> = new Set(['sources', 'digest']);

type Named = Readonly<Record<string, unknown>>;

export function diffPolicies(from: Policy, to: Policy): PolicyDifference {
  const names = new Set([...Object.keys(from), ...Object.keys(to)].filter((name) => !NO_PARTS.has(name)));
  const parts = [...names].flatMap((part) =>
    diffPart(part, (from as unknown as Named)[part], (to as unknown as Named)[part]),
  );
  return { parts: parts.slice(0, MAX_PARTS), more: Math.max(0, parts.length - MAX_PARTS) };
}

function diffPart(part: string, from: unknown, to: unknown): PartDifference[] {
  if (isNamedList(from) && isNamedList(to)) return diffLists(part, from, to);
  if (isDeepStrictEqual(from, to)) return [];
  const fields = isPlain(from) && isPlain(to) ? diffFields(from, to) : [diffField(part, from, to)];
  return fields.length === 0 ? [] : [{ part, id: null, change: 'changed', fields }];
}

function diffLists(part: string, from: readonly Named[], to: readonly Named[]): PartDifference[] {
  const old = new Map(from.map((each) => [idOf(each), each]));
  const known = new Set(to.map(idOf));
  const gone = from.filter((each) => !known.has(idOf(each)));
  return [
    ...gone.map(
      (each) => ({ part, id: idOf(each), change: 'removed', fields: diffFields(each, {}) }) as const,
    ),
    ...to.flatMap((each): PartDifference[] => {
      const was = old.get(idOf(each));
      const fields = diffFields(was ?? {}, each);
      if (was && fields.length === 0) return [];
      return [{ part, id: idOf(each), change: was ? 'changed' : 'added', fields }];
    }),
  ];
}

/** `within`: names of the fields that these are fields of, each with a full stop. */
function diffFields(from: Named, to: Named, within = ''): FieldDifference[] {
  const names = new Set([...Object.keys(from), ...Object.keys(to)]);
  for (const name of ['id', 'name', 'place']) names.delete(name);
  return [...names].flatMap((name) => {
    const [before, after] = [from[name], to[name]];
    if (isDeepStrictEqual(before, after)) return [];
    if (isCompound(before ?? after) && isCompound(after ?? before))
      return diffFields((before ?? {}) as Named, (after ?? {}) as Named, `${within}${name}.`);
    const found = diffField(name, before, after);
    const isEmpty = found.from === found.to && found.added.length + found.removed.length === 0;
    return isEmpty ? [] : [{ ...found, field: within + found.field }];
  });
}

function diffField(field: string, from: unknown, to: unknown): FieldDifference {
  const [before, after] = [listOf(from, field), listOf(to, field)];
  if (before === undefined || after === undefined)
    return {
      field: nameOf(field),
      from: valueText(from, field),
      to: valueText(to, field),
      added: [],
      removed: [],
    };
  const [old, now] = [new Set(before), new Set(after)];
  const added = after.filter((each) => !old.has(each));
  const removed = before.filter((each) => !now.has(each));
  return { field: nameOf(field), from: null, to: null, added: few(added), removed: few(removed) };
}

/** The items of a list as text; undefined for what is none. What is not there is an empty list beside one. */
function listOf(value: unknown, field: string): string[] | undefined {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.map((each) => valueText(each, field) ?? '-');
  if (isColumns(value)) return Array.from(prefixesOf(value), formatPrefix);
  return undefined;
}

function few(items: readonly string[]): readonly string[] {
  const more = items.length - MAX_LISTED;
  return more > 0 ? [...items.slice(0, MAX_LISTED), `and ${more} more`] : items;
}

function isPlain(value: unknown): value is Named {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** Has fields that are told apart; addresses, networks and ranges are told as a whole. */
function isCompound(value: unknown): value is Named {
  const whole = ['address', 'family', 'first', 'ipv4'];
  return isPlain(value) && !whole.some((name) => name in value);
}

function isColumns(value: unknown): value is PrefixColumns {
  return isPlain(value) && 'ipv4' in value && 'ipv6' in value && 'length' in value;
}

/** Things that can be told apart by what they are called. */
function isNamedList(value: unknown): value is readonly Named[] {
  return Array.isArray(value) && value.every((each) => isPlain(each) && ('id' in each || 'name' in each));
}

function idOf(named: Named): string {
  return String(named.id ?? named.name);
}
