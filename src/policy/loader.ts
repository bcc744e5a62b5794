/**
 * Policy files to a {@link Policy}.
 *
 *   text -> YAML (yaml-source) -> schema -> parts of all files -> references -> policy -> lint
 *
 * Every step reports all it finds; a policy with a problem is not handed out. The entry file may include parts, and
 * parts may include parts: paths are relative to the file that names them and stay inside the entry's folder.
 */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import type * as z from 'zod';
import { allowlistProblems } from './allowlist-size.ts';
import type { PolicyFile, Read } from './edited-file.ts';
import { refuseNames, refuseSettings } from './effects.ts';
import { type FileFeed, loadFileFeeds } from './feed/file-feeds.ts';
import { lintPolicy } from './lint/lint.ts';
import { ParsedFiles } from './parsed-files.ts';
import { addParts, emptyParts, type Parts } from './parts.ts';
import { type PolicyPlaces, placesOf } from './places.ts';
import type { DenyList, Policy, PolicySources } from './policy.ts';
import { type Place, type Problem, ProblemList } from './problem.ts';
import { checkCanaries, checkReferences } from './references.ts';
import { resolvePolicy } from './resolve.ts';
import { type PolicyDocument, policyDocument, policyPart } from './schema/policy.ts';
import { folderReader, nameFrom, type SourceReader, storedReader } from './source-reader.ts';
import type { SourcePlaces } from './yaml-source.ts';

export interface Loaded {
  readonly ok: true;
  readonly policy: Policy;
  readonly warnings: readonly Problem[];
}

export interface NotLoaded {
  readonly ok: false;
  readonly problems: readonly Problem[];
}

export type LoadResult = (Loaded & { readonly places: PolicyPlaces }) | NotLoaded;

export interface LoadOptions {
  /** For warnings about expiry; ms since the epoch. Default: now. */
  readonly nowMs?: number;
  /** It was good when it was stored: advice, and whether the kernel can hold it, are not asked for again. */
  readonly stored?: boolean;
  /** False: without advice, which whoever applies a policy can ask for (`lintPolicy`) while the engine is at work. */
  readonly advice?: boolean;
}

const parsedFiles = new ParsedFiles();
/** That is in force or about to be, and the one before. */
const KEPT_POLICIES = 2;
const lastPolicies: Policy[] = [];

/**
 * The policy with this digest when it is one of those that were loaded last: whoever follows a change of policy finds
 * what was applied just before, and need not load 10,000 rules once more.
 */
export function lastLoaded(digest: string): Policy | undefined {
  return lastPolicies.find((policy) => policy.digest === digest);
}

/** For a policy that was loaded by another thread. */
export function keepLoaded(policy: Policy): void {
  const others = lastPolicies.filter(({ digest }) => digest !== policy.digest);
  lastPolicies.splice(0, lastPolicies.length, policy, ...others.slice(0, KEPT_POLICIES - 1));
}

/** Bytes of one YAML file, and how many files one policy may have. */
const MAX_YAML_BYTES = 2 ** 20;
const MAX_FILES = 64;

/** Load a policy from disk. The folder is that of the file itself when `file` is a symbolic link. */
export function loadPolicyFile(file: string, options: LoadOptions = {}): LoadResult {
  try {
    const real = realpathSync(file);
    return load(path.basename(real), folderReader(path.dirname(real)), options);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const place = { file, line: 1, column: 1, field: '' };
    return {
      ok: false,
      problems: [{ ...place, message: `cannot be read (${code})`, expected: 'a policy file' }],
    };
  }
}

/** Load a policy from its sources as text: those of a revision, or one file from a request. */
export function loadPolicySources(sources: PolicySources, options: LoadOptions = {}): LoadResult {
  return load(sources.entry, storedReader(sources), options);
}

function load(
  entry: string,
  read: SourceReader,
  { nowMs = Date.now(), stored = false, advice = true }: LoadOptions,
): LoadResult {
  const loading = new Loading(read, nowMs);
  const loaded = loading.entry(entry);
  loading.letGo();
  if (loaded === undefined || loading.problems.any) return { ok: false, problems: loading.problems.list() };
  const sources: PolicySources = { entry, files: loading.files() };
  const { places } = loaded;
  const policy: Policy = { ...loaded.policy, sources, digest: digestSources(sources) };
  keepLoaded(policy);
  if (stored) return { ok: true, policy, places, warnings: [] };
  const tooLarge = allowlistProblems(policy, places.rules);
  if (tooLarge.length > 0) return { ok: false, problems: tooLarge };
  const told = advice ? lintPolicy(policy, places, nowMs) : [];
  return { ok: true, policy, places, warnings: [...loading.warnings.list(), ...told] };
}

/**
 * SHA-256 over name and text of every file in order of name; each is led by its length, so nothing can run together.
 * What the entry file is called does not count: the same policy from a file and from a request is the same.
 */
export function digestSources({ entry, files }: PolicySources): string {
  const hash = createHash('sha256');
  const add = (text: string) => hash.update(`${Buffer.byteLength(text)}\n`).update(text);
  const named = files.map(({ name, text }) => ({ name: name === entry ? '' : name, text }));
  for (const { name, text } of named.toSorted((x, y) => (x.name < y.name ? -1 : 1))) {
    add(name);
    add(text.replaceAll('\r\n', '\n'));
  }
  return hash.digest('hex');
}

/** One run of the loader: what was read so far and what was wrong. */
class Loading {
  readonly problems = new ProblemList();
  readonly warnings = new ProblemList();
  readonly #read: SourceReader;
  readonly #nowMs: number;
  readonly #texts = new Map<string, string>();
  readonly #sources: SourcePlaces[] = [];
  readonly #parts: Parts = emptyParts();
  /** An include could not be taken in: names that are missing may be there. */
  #incomplete = false;

  constructor(read: SourceReader, nowMs: number) {
    this.#read = read;
    this.#nowMs = nowMs;
  }

  files(): { name: string; text: string }[] {
    return [...this.#texts].map(([name, text]) => ({ name, text }));
  }

  /** No more places will be asked for than were. */
  letGo(): void {
    for (const source of this.#sources) source.letGo();
  }

  entry(name: string): { policy: Omit<Policy, 'sources' | 'digest'>; places: PolicyPlaces } | undefined {
    const checked = this.#yaml(name, { file: name, line: 1, column: 1, field: '' }, policyDocument);
    if (!checked) return undefined;
    const { source, value: document } = checked;
    refuseSettings(document, (at, message, expected) =>
      this.problems.add(source.place(at), message, expected),
    );
    this.#checkActions(document, source);
    addParts(this.#parts, document.spec, source, this.problems);
    this.#include(document.include, source, [name]);
    if (!this.#incomplete) {
      checkReferences(this.#parts, this.problems);
      checkCanaries(document, this.#parts, (at, message, expected) =>
        this.problems.add(source.place(at), message, expected),
      );
    }
    this.#refuseNames(document);
    const resolved = resolvePolicy(document, this.#parts, source);
    const places = placesOf(this.#parts, source);
    const denyLists = this.#withFiles(resolved, places);
    return this.problems.any ? undefined : { policy: { ...resolved, denyLists }, places };
  }

  /** `chain`: the files that led here, for cycles. */
  #include(includes: readonly string[], from: SourcePlaces, chain: readonly string[]): void {
    includes.forEach((file, i) => {
      const name = nameFrom(from.name, file);
      const place = from.place(['include', i]);
      if (chain.includes(name)) {
        this.problems.add(place, `includes itself: ${[...chain, name].join(' -> ')}`, 'no cycle');
        return;
      }
      if (this.#texts.has(name)) {
        this.problems.add(place, `'${name}' is included twice`, 'each file once');
        return;
      }
      const checked = this.#yaml(name, place, policyPart);
      if (!checked) {
        this.#incomplete = true;
        return;
      }
      const { source, value: part } = checked;
      addParts(this.#parts, part.spec, source, this.problems);
      this.#include(part.include, source, [...chain, name]);
    });
  }

  #yaml<T extends PolicyFile>(name: string, place: Place, schema: z.ZodType<T>): Read<T> | undefined {
    const text = this.#text(name, place, MAX_YAML_BYTES);
    const read = text === undefined ? undefined : parsedFiles.read(name, text, schema, this.problems);
    if (read) this.#sources.push(read.source);
    return read;
  }

  #text(name: string, place: Place, limit: number): string | undefined {
    if (this.#texts.size >= MAX_FILES) {
      this.problems.add(place, 'is one file too many', `at most ${MAX_FILES} files`);
      return undefined;
    }
    const reading = this.#read(name, limit);
    if (!reading.ok) {
      const inside = { file: name, line: reading.line ?? 1, column: 1, field: '' };
      this.problems.add(reading.line === undefined ? place : inside, reading.message, reading.expected);
      return undefined;
    }
    this.#texts.set(name, reading.text);
    return reading.text;
  }

  /** Two answers for one detector would make the order matter. */
  #checkActions({ spec }: PolicyDocument, source: SourcePlaces): void {
    const seen = new Set<string>();
    spec.response.actions.forEach(({ detector }, i) => {
      const place = source.place(['spec', 'response', 'actions', i, 'detector']);
      if (seen.has(detector))
        this.problems.add(place, `detector '${detector}' has two actions`, 'one action a detector');
      seen.add(detector);
    });
  }

  #refuseNames(document: PolicyDocument): void {
    for (const set of this.#parts.addressSets.values()) {
      refuseNames(set.value, document, (at, message, expected) =>
        this.problems.add(set.at(at), message, expected),
      );
    }
  }

  /** Deny lists with what their files hold; those of a URL are fetched by the daemon. */
  #withFiles(
    policy: Pick<Policy, 'denyLists' | 'hostGroups' | 'neverBlock'>,
    { denyLists: places, neverBlock }: PolicyPlaces,
  ): readonly DenyList[] {
    const { problems, warnings } = this;
    const text = ({ file, limits }: FileFeed, id: string) => {
      const place = this.#parts.denyLists.get(id)?.at(['file']) ?? neverBlock;
      return this.#texts.get(file) ?? this.#text(file, place, limits.maxBytes);
    };
    return loadFileFeeds(policy, { text, places, nowMs: this.#nowMs, problems, warnings });
  }
}
