/**
 * The policy of an incident as somebody wrote it: the rules that it speaks of by their own words, and all files. What
 * may be secret is withheld: a feed's URL may carry a key in its query.
 */
import { hash } from 'node:crypto';
import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';
import type { PolicySources } from '../../policy/policy.ts';

/** Policies are text of some KiB; feeds that came with them may be large, and are named only. */
const MAX_TEXT_BYTES = 1 << 20;
const WITHHELD = '[withheld]';
/** A token of this daemon (edges/api/token-store.ts), pasted into a comment. */
const TOKEN = /pst_[A-Za-z0-9_-]{43}/g;
const SECRET_PARTS = /(https?:\/\/)([^\s"'/@]+@)?([^\s"'?#]*)(\?[^\s"'#]*)?/g;

export interface RuleText {
  readonly id: string;
  readonly kind: 'rule' | 'denyList';
  readonly file: string;
  readonly text: string;
}

export interface FileText {
  readonly name: string;
  /** Of the whole file as it was read. */
  readonly sha256: string;
  /** null: not a policy, or too long. */
  readonly text: string | null;
}

/** Tokens, and users, passwords and queries of URLs taken out. */
export function withoutSecrets(text: string): string {
  return text
    .replace(TOKEN, WITHHELD)
    .replace(SECRET_PARTS, (_, scheme: string, user: string | undefined, rest: string, query) =>
      [scheme, user && `${WITHHELD}@`, rest, query && `?${WITHHELD}`].filter(Boolean).join(''),
    );
}

export function fileTexts({ files }: PolicySources): FileText[] {
  return files.map(({ name, text }) => {
    const shown = isPolicy(name) && text.length <= MAX_TEXT_BYTES;
    return { name, sha256: hash('sha256', text, 'hex'), text: shown ? withoutSecrets(text) : null };
  });
}

/** Rules and deny lists of these ids, as they stand in the files. */
export function ruleTexts({ files }: PolicySources, ids: ReadonlySet<string>): RuleText[] {
  return files
    .filter(({ name, text }) => isPolicy(name) && text.length <= MAX_TEXT_BYTES)
    .flatMap(({ name, text }) => {
      const spec = parseDocument(text, { maxAliasCount: 0 } as object).get('spec');
      if (!isMap(spec)) return [];
      return [
        ...listed(spec, 'rules', 'rule', ids, name, text),
        ...listed(spec, 'denyLists', 'denyList', ids, name, text),
      ];
    });
}

function listed(
  spec: YAMLMap,
  key: string,
  kind: RuleText['kind'],
  ids: ReadonlySet<string>,
  file: string,
  text: string,
): RuleText[] {
  const list = spec.get(key);
  if (!isSeq(list)) return [];
  return list.items.flatMap((item) => {
    if (!isMap(item) || !item.range) return [];
    const id = item.get('id', true);
    if (!isScalar(id) || typeof id.value !== 'string' || !ids.has(id.value)) return [];
    return [{ id: id.value, kind, file, text: withoutSecrets(text.slice(item.range[0], item.range[1])) }];
  });
}

function isPolicy(name: string): boolean {
  return /\.ya?ml$/.test(name);
}
