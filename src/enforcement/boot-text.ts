/**
 * The table with its elements as text for `nft -f`, which makes it at a boot before the daemon is there:
 *
 *   # written 1795543200                                      seconds since the epoch
 *   table inet penstock { ... }                               as nft lists it, without elements
 *   add element inet penstock destination4 {
 *   198.51.100.66 timeout 3600s expires 1200s, # until 1795544400
 *   }
 *   add element inet penstock mode {
 *   ipv4 : goto admit4,
 *   }
 *
 * nft knows spans only, no points in time. Read as it is, the file gives a block what it had left when the file was
 * written; systemd/penstock-boot, which reads `until`, gives it what it has left when it is loaded, or drops it.
 */
import { createHash } from 'node:crypto';
import type { Verdict } from 'node-nftables';
import { formatAddress, fromBytes } from '../address/address.ts';
import type { LongList } from './deny/long-list.ts';
import type { KernelElement } from './element.ts';
import { elementText } from './element-text.ts';
import { descriptorOf, type SetName, TABLE } from './sets.ts';

/** What the table holds. */
export interface BootContent {
  readonly elements: readonly KernelElement[];
  readonly lists: readonly LongList[];
}

/** A file without it is not whole. */
export const BOOT_TEXT_END = '# end\n';

/** Piece by piece: the table, then line by line. Elements with less than a second left are not worth one. */
export function* bootText(
  tableText: string,
  { elements, lists }: BootContent,
  nowMs: number,
): Generator<string> {
  yield `# Made by Penstock: the last good state. Loaded at boot by systemd/penstock-boot.\n`;
  yield `# written ${Math.floor(nowMs / 1000)}\n`;
  yield withoutFlags(withoutCounts(tableText));
  const bySet = Map.groupBy(elements, ({ set }) => set);
  for (const [set, members] of bySet) {
    const lines = members.filter(({ expiresAtMs }) => expiresAtMs - nowMs >= 1_000);
    if (lines.length > 0) yield* added(set, lines, (element) => line(set, element, nowMs));
  }
  for (const list of lists) if (list.count > 0) yield* added(list.set, list, listedLine);
  yield BOOT_TEXT_END;
}

function* added(
  set: SetName,
  elements: Iterable<KernelElement>,
  lineOf: (element: KernelElement) => string,
): Generator<string> {
  yield `add element ${TABLE.family} ${TABLE.name} ${set} {\n`;
  for (const element of elements) yield lineOf(element);
  yield '}\n';
}

/** Equal for equal elements: whether the file has to be written again. */
export function bootDigest({ elements, lists }: BootContent): string {
  const hash = createHash('sha256');
  for (const list of lists) hash.update(`${list.digest()}\n`);
  for (const { id, expiresAtMs, value } of elements)
    hash.update(`${id} ${expiresAtMs} ${JSON.stringify(value)}\n`);
  return hash.digest('hex');
}

function line(
  set: SetName,
  { key, keyEnd, value, timeoutMs, expiresAtMs }: KernelElement,
  nowMs: number,
): string {
  const text = keyText(set, key, keyEnd) + (value === undefined ? '' : ` : ${verdictText(value as Verdict)}`);
  if (timeoutMs === Number.POSITIVE_INFINITY) return `${text},\n`;
  const left = Math.floor((expiresAtMs - nowMs) / 1000);
  // The kernel refuses more left than there was.
  const whole = Math.max(left, Math.ceil(timeoutMs / 1000));
  return `${text} timeout ${whole}s expires ${left}s, # until ${Math.floor(expiresAtMs / 1000)}\n`;
}

/** Of a deny list: addresses and ranges that stay. There may be a million. */
function listedLine({ key, keyEnd }: KernelElement): string {
  const [first, last] = [key, keyEnd ?? key].map((bytes) => formatAddress(fromBytes(bytes)));
  return first === last ? `${first},\n` : `${first}-${last},\n`;
}

function keyText(set: SetName, key: Uint8Array, keyEnd: Uint8Array | undefined): string {
  if (descriptorOf(set).type === 'nf_proto') return key[0] === 2 ? 'ipv4' : 'ipv6';
  return elementText({ set, key, keyEnd });
}

function verdictText(value: Verdict): string {
  if ('goto' in value) return `goto ${value.goto.target}`;
  if ('jump' in value) return `jump ${value.jump.target}`;
  return Object.keys(value)[0];
}

/** Of the table itself: old versions of nft print flags that they do not know as nothing. */
function withoutFlags(text: string): string {
  return text
    .replace(/^(table [^\n]*\{[^\n]*\n)\tflags[^\n]*\n/, '$1')
    .replace(/^(table [^\n{]*\{)[^\n]*$/m, '$1');
}

function withoutCounts(text: string): string {
  return text.replaceAll(/packets \d+ bytes \d+/g, 'packets 0 bytes 0');
}
