/** Between elements of a document, with times in seconds, and those of the kernel. */
import type { Element, ElementExpression, Expression, MapPair, Verdict } from '../document/index.ts';
import type { ElementValue, SetElement } from '../elements/element.ts';
import { decodeKey, encodeKey } from '../elements/key.ts';
import type { FakeSet } from './ruleset.ts';

type Definition = FakeSet['definition'];

export function elementsOf(elem: Element | readonly Element[], definition: Definition): SetElement[] {
  const list =
    Array.isArray(elem) && !isPair(elem, definition) ? (elem as readonly Element[]) : [elem as Element];
  return list.map((element) => elementOf(element, definition));
}

export function documentOf({ value, ...element }: SetElement, definition: Definition): Element {
  const key = elementExpression(element, definition);
  return value === undefined ? key : [key, valueExpression(value, definition)];
}

/** In a map one pair is an array too. */
function isPair(elem: unknown, definition: Definition): elem is MapPair {
  return 'map' in definition && Array.isArray(elem) && elem.length === 2 && !Array.isArray(elem[0]);
}

function elementOf(element: Element, definition: Definition): SetElement {
  if (!isPair(element, definition)) return keyOf(element as Expression, definition);
  const [key, value] = element;
  return { ...keyOf(key, definition), value: mappedValue(value, definition) };
}

function keyOf(expression: Expression, { type }: Definition): SetElement {
  if (!isElementExpression(expression)) return encodeKey(type, expression);
  const { val, timeout, expires, comment } = expression.elem;
  return {
    ...encodeKey(type, val),
    ...(timeout !== undefined && { timeoutMs: timeout * 1_000 }),
    ...(expires !== undefined && { expiresInMs: expires * 1_000 }),
    ...(comment !== undefined && { comment }),
  };
}

function mappedValue(value: Expression | Verdict, definition: Definition): ElementValue {
  const type = 'map' in definition ? definition.map : definition.type;
  return type === 'verdict' ? (value as Verdict) : encodeKey(type, value as Expression).key;
}

function valueExpression(value: ElementValue, definition: Definition): Expression | Verdict {
  if (!(value instanceof Uint8Array)) return value;
  return decodeKey('map' in definition ? definition.map : definition.type, { key: value });
}

function elementExpression(element: SetElement, { type }: Definition): Expression {
  const { timeoutMs, expiresInMs, comment } = element;
  const val = decodeKey(type, element);
  if (timeoutMs === undefined && comment === undefined) return val;
  return {
    elem: {
      val,
      ...(timeoutMs !== undefined && { timeout: Math.floor(timeoutMs / 1_000) }),
      ...(expiresInMs !== undefined && { expires: Math.floor(expiresInMs / 1_000) }),
      ...(comment !== undefined && { comment }),
    },
  };
}

function isElementExpression(expression: Expression): expression is ElementExpression {
  return typeof expression === 'object' && 'elem' in expression;
}
