/** What rules are made of (libnftables-json(5), STATEMENTS). */
import type { Expression } from './expression.ts';
import type { Flags } from './flags.ts';
import type { Verdict } from './verdict.ts';

export type Statement =
  | Verdict
  | Match
  | CounterStatement
  | QuotaStatement
  | LimitStatement
  | ConnectionCount
  | Log
  | Reject
  | QueueStatement
  | SetStatement
  | VerdictMap
  | Mangle
  | { readonly notrack: null };

/** `in` asks whether a bit of `right` is set in `left` (`ct state established,related`). */
export type Operator = '==' | '!=' | '<' | '>' | '<=' | '>=' | 'in';

export interface Match {
  readonly match: { readonly op: Operator; readonly left: Expression; readonly right: Expression };
}

/** `null` or an object: counts in the rule itself. A string names a counter of the table. */
export interface CounterStatement {
  readonly counter: string | null | { readonly packets: number; readonly bytes: number };
}

/** A string names a quota of the table. */
export interface QuotaStatement {
  readonly quota:
    | string
    | {
        readonly val: number;
        /** `bytes` (default), `kbytes`, `mbytes`. */
        readonly val_unit?: string;
        readonly used?: number;
        readonly used_unit?: string;
        /** True matches once the quota is used up (`over`), otherwise until then. */
        readonly inv?: boolean;
      };
}

export interface LimitStatement {
  readonly limit:
    | string
    | {
        readonly rate: number;
        readonly rate_unit?: string;
        readonly per: 'second' | 'minute' | 'hour' | 'day' | 'week';
        readonly burst?: number;
        readonly burst_unit?: string;
        readonly inv?: boolean;
      };
}

/** `inv`: true once there are more connections than `val` (`over`), otherwise until then. */
export interface ConnectionCount {
  readonly 'ct count': { readonly val: number; readonly inv?: boolean };
}

/** To the kernel log, or with `group` to an nfnetlink_log group. */
export interface Log {
  readonly log: null | {
    readonly prefix?: string;
    readonly group?: number;
    readonly snaplen?: number;
    readonly 'queue-threshold'?: number;
    readonly level?: string;
    readonly flags?: Flags<string>;
  };
}

export interface Reject {
  readonly reject: null | {
    readonly type?: 'tcp reset' | 'icmp' | 'icmpv6' | 'icmpx';
    readonly expr?: Expression;
  };
}

/** To a process that reads this queue of nfnetlink_queue. `bypass`: packets pass when there is none. */
export interface QueueStatement {
  readonly queue: { readonly num: number; readonly flags?: Flags<'bypass' | 'fanout'> };
}

/** Put something of the packet into a set, named with `@`. `update` also starts the element's timeout anew. */
export interface SetStatement {
  readonly set: {
    readonly op: 'add' | 'update' | 'delete';
    readonly elem: Expression;
    readonly set: string;
    readonly stmt?: readonly Statement[];
  };
}

/** `data` is an anonymous set of pairs, or `@name`. */
export interface VerdictMap {
  readonly vmap: { readonly key: Expression; readonly data: Expression };
}

export interface Mangle {
  readonly mangle: { readonly key: Expression; readonly value: Expression };
}
