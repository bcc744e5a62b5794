/** Elements in words for a person. */
import { decodeKey, type Expression } from 'node-nftables';
import type { KernelElement } from './element.ts';
import { descriptorOf } from './sets.ts';

/** For a person: `flow4 10.1.0.10 . 198.51.100.66 . tcp . 443`. */
export function describeElement({ set, key, keyEnd }: Pick<KernelElement, 'set' | 'key' | 'keyEnd'>): string {
  return `${set} ${elementText({ set, key, keyEnd })}`;
}

/** The key as nft writes and reads it: `10.1.0.10 . 198.51.100.0/24 . tcp . 443`. */
export function elementText({
  set,
  key,
  keyEnd,
}: {
  set: KernelElement['set'];
  key: Uint8Array;
  keyEnd?: Uint8Array | undefined;
}): string {
  return expressionText(decodeKey(descriptorOf(set).type, { key, ...(keyEnd && { keyEnd }) }));
}

function expressionText(expression: Expression): string {
  if (typeof expression !== 'object') return String(expression);
  // An array has a method of this name.
  if ('concat' in expression && typeof expression.concat === 'object') {
    return expression.concat.map(expressionText).join(' . ');
  }
  if ('prefix' in expression) return `${expressionText(expression.prefix.addr)}/${expression.prefix.len}`;
  if ('range' in expression) return expression.range.map(expressionText).join('-');
  return JSON.stringify(expression);
}
