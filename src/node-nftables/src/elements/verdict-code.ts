/** Verdicts of a map (enum nft_verdicts, linux/netfilter.h), 32 bits in network order. */
import type { Verdict } from '../document/index.ts';

const CODES = { drop: 0, accept: 1, continue: -1, jump: -3, goto: -4, return: -5 } as const;
type Kind = keyof typeof CODES;
const KINDS = new Map(Object.entries(CODES).map(([kind, code]) => [code >>> 0, kind as Kind]));

export interface VerdictCode {
  readonly code: number;
  readonly chain?: string;
}

export function verdictCode(verdict: Verdict): VerdictCode {
  if ('jump' in verdict) return { code: CODES.jump >>> 0, chain: verdict.jump.target };
  if ('goto' in verdict) return { code: CODES.goto >>> 0, chain: verdict.goto.target };
  const [kind] = Object.keys(verdict) as Exclude<Kind, 'jump' | 'goto'>[];
  return { code: CODES[kind] >>> 0 };
}

/** Undefined for a code that no verdict map holds. */
export function verdictOf(code: number, chain: string): Verdict | undefined {
  const kind = KINDS.get(code);
  switch (kind) {
    case undefined:
      return undefined;
    case 'jump':
      return { jump: { target: chain } };
    case 'goto':
      return { goto: { target: chain } };
    default:
      return { [kind]: null } as unknown as Verdict;
  }
}
