import type { Place } from './table.ts';

export type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting' | 'ingress' | 'egress';

/** What names a chain. */
export interface ChainRef extends Place {
  readonly name: string;
}

/** A chain that rules jump to. */
export interface RegularChain extends ChainRef {
  readonly comment?: string;
}

/** A chain that packets enter from a hook. */
export interface BaseChain extends RegularChain {
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: Hook;
  /** Lower comes first. */
  readonly prio: number;
  /** What happens to a packet that no rule decides. Default accept. */
  readonly policy?: 'accept' | 'drop';
  /** Interfaces; family netdev, and inet at hook ingress. */
  readonly dev?: string | readonly string[];
}

export type Chain = RegularChain | BaseChain;

export interface ChainRename extends ChainRef {
  readonly newname: string;
}
