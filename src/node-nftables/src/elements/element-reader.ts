/** Elements out of a message of the kernel: answers to GETSETELEM, and announcements. */
import { AttributeCursor } from 'node-netlink';
import type { Verdict } from '../document/index.ts';
import {
  NFT_SET_ELEM_CATCHALL,
  NFT_SET_ELEM_INTERVAL_END,
  NFTA_COUNTER_BYTES,
  NFTA_COUNTER_PACKETS,
  NFTA_DATA_VALUE,
  NFTA_DATA_VERDICT,
  NFTA_EXPR_DATA,
  NFTA_EXPR_NAME,
  NFTA_LIST_ELEM,
  NFTA_SET_ELEM_DATA,
  NFTA_SET_ELEM_EXPIRATION,
  NFTA_SET_ELEM_EXPR,
  NFTA_SET_ELEM_FLAGS,
  NFTA_SET_ELEM_KEY,
  NFTA_SET_ELEM_KEY_END,
  NFTA_SET_ELEM_LIST_ELEMENTS,
  NFTA_SET_ELEM_TIMEOUT,
  NFTA_SET_ELEM_USERDATA,
  NFTA_VERDICT_CHAIN,
  NFTA_VERDICT_CODE,
} from '../netlink/nf-tables.ts';
import { decodeComment } from './comment.ts';
import type { ElementCounter, ElementValue, SetElement } from './element.ts';
import type { KeyList } from './key-list.ts';
import { verdictOf } from './verdict-code.ts';

/** An element as it travels: an interval of an rbtree is two of them. */
export interface WireElement extends SetElement {
  /** The key behind the last one of an interval; there only where it is so. */
  readonly isIntervalEnd?: true;
}

type Draft = { -readonly [P in keyof WireElement]: WireElement[P] };

export class ElementReader {
  readonly #message = new AttributeCursor();
  readonly #list = new AttributeCursor();
  readonly #element = new AttributeCursor();
  readonly #data = new AttributeCursor();
  readonly #inner = new AttributeCursor();
  readonly #lends: boolean;

  /** @param lends keys are parts of the message, for whoever is done with an element before the next */
  constructor({ lends = false } = {}) {
    this.#lends = lends;
  }

  /**
   * Append the elements among the attributes between `start` and `end`. The catch-all element, which has no key, is
   * left out.
   * @throws NetlinkDecodeError
   */
  read(view: DataView, start: number, end: number, into: WireElement[]): void {
    this.each(view, start, end, (element) => into.push(element));
  }

  /** As {@link read}, one by one. @throws NetlinkDecodeError */
  each(view: DataView, start: number, end: number, take: (element: WireElement) => void): void {
    this.#forEach(view, start, end, ({ start: from, end: to }) => {
      const element = this.#readElement(view, from, to);
      if (element !== undefined) take(element);
    });
  }

  /** As {@link read}, of sets of one field: the keys alone. @throws NetlinkDecodeError */
  readKeys(view: DataView, start: number, end: number, into: KeyList): void {
    this.#forEach(view, start, end, (list) => {
      const cursor = this.#element.enter(view, list.start, list.end);
      let key: Uint8Array = NO_KEY;
      let flags = 0;
      while (cursor.next()) {
        if (cursor.type === NFTA_SET_ELEM_FLAGS) flags = cursor.networkU32();
        else if (cursor.type === NFTA_SET_ELEM_KEY) key = this.#inside(cursor);
      }
      if ((flags & NFT_SET_ELEM_CATCHALL) === 0) into.add(key, (flags & NFT_SET_ELEM_INTERVAL_END) !== 0);
    });
  }

  #forEach(view: DataView, start: number, end: number, take: (list: AttributeCursor) => void): void {
    const message = this.#message.enter(view, start, end);
    while (message.next()) {
      if (message.type !== NFTA_SET_ELEM_LIST_ELEMENTS) continue;
      const list = this.#list.enter(view, message.start, message.end);
      while (list.next()) if (list.type === NFTA_LIST_ELEM) take(list);
    }
  }

  #readElement(view: DataView, start: number, end: number): WireElement | undefined {
    const draft: Draft = { key: NO_KEY };
    const cursor = this.#element.enter(view, start, end);
    let flags = 0;
    while (cursor.next()) {
      if (cursor.type === NFTA_SET_ELEM_FLAGS) flags = cursor.networkU32();
      else this.#readAttribute(cursor, draft);
    }
    if (flags & NFT_SET_ELEM_INTERVAL_END) draft.isIntervalEnd = true;
    return flags & NFT_SET_ELEM_CATCHALL ? undefined : draft;
  }

  #readAttribute(cursor: AttributeCursor, draft: Draft): void {
    switch (cursor.type) {
      case NFTA_SET_ELEM_KEY:
        draft.key = this.#bytes(cursor);
        break;
      case NFTA_SET_ELEM_KEY_END:
        draft.keyEnd = this.#bytes(cursor);
        break;
      case NFTA_SET_ELEM_TIMEOUT:
        draft.timeoutMs = cursor.networkU64();
        break;
      case NFTA_SET_ELEM_EXPIRATION:
        draft.expiresInMs = cursor.networkU64();
        break;
      case NFTA_SET_ELEM_USERDATA:
        setDefined(draft, 'comment', decodeComment(cursor.data()));
        break;
      case NFTA_SET_ELEM_DATA:
        setDefined(draft, 'value', this.#value(cursor));
        break;
      case NFTA_SET_ELEM_EXPR:
        setDefined(draft, 'counter', this.#counter(cursor));
        break;
    }
  }

  #bytes(cursor: AttributeCursor): Uint8Array {
    const found = this.#inside(cursor);
    return this.#lends ? found : found.slice();
  }

  /** Not copied. */
  #inside({ view, start, end }: AttributeCursor): Uint8Array {
    const data = this.#data.enter(view, start, end);
    while (data.next()) if (data.type === NFTA_DATA_VALUE) return data.data();
    return NO_KEY;
  }

  #value({ view, start, end }: AttributeCursor): ElementValue | undefined {
    const data = this.#data.enter(view, start, end);
    while (data.next()) {
      if (data.type === NFTA_DATA_VALUE) return data.data().slice();
      if (data.type === NFTA_DATA_VERDICT) return this.#readVerdict(data);
    }
    return undefined;
  }

  /** Undefined for an expression that is no counter. */
  #counter({ view, start, end }: AttributeCursor): ElementCounter | undefined {
    const expression = this.#data.enter(view, start, end);
    let isCounter = false;
    while (expression.next()) {
      if (expression.type === NFTA_EXPR_NAME) isCounter = expression.string() === 'counter';
      else if (expression.type === NFTA_EXPR_DATA && isCounter) return this.#readCounter(expression);
    }
    return undefined;
  }

  #readCounter({ view, start, end }: AttributeCursor): ElementCounter {
    const cursor = this.#inner.enter(view, start, end);
    const counter = { packets: 0, bytes: 0 };
    while (cursor.next()) {
      if (cursor.type === NFTA_COUNTER_PACKETS) counter.packets = cursor.networkU64();
      else if (cursor.type === NFTA_COUNTER_BYTES) counter.bytes = cursor.networkU64();
    }
    return counter;
  }

  #readVerdict({ view, start, end }: AttributeCursor): Verdict | undefined {
    const cursor = this.#inner.enter(view, start, end);
    let [code, chain] = [0, ''];
    while (cursor.next()) {
      if (cursor.type === NFTA_VERDICT_CODE) code = cursor.networkU32();
      else if (cursor.type === NFTA_VERDICT_CHAIN) chain = cursor.string();
    }
    return verdictOf(code, chain);
  }
}

const NO_KEY = new Uint8Array(0);

function setDefined<K extends keyof Draft>(draft: Draft, name: K, value: Draft[K] | undefined): void {
  if (value !== undefined) draft[name] = value;
}
