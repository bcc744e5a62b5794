/** What a SIEM reads: one alert as one line of text. */
import type { AlertFacts } from '../alert-facts.ts';
import type { Dispatch } from '../dispatch.ts';
import { ecsEvent } from '../ecs.ts';
import { cut } from '../wording.ts';
import { cef } from './cef.ts';
import { jsonLine } from './json-line.ts';
import { leef } from './leef.ts';
import { ocsfEvent } from './ocsf.ts';

export const JSON_FORMATS = ['ecs', 'ocsf'] as const;
export const FORMATS = [...JSON_FORMATS, 'cef', 'leef'] as const;
export type Format = (typeof FORMATS)[number];

/** Lengths of each text that are tried until a message fits. */
const SHORTER = [1_000, 400, 150, 50];
const MOST_REASONS = 5;

/** As an object, for the formats that are JSON. */
export function asObject(format: (typeof JSON_FORMATS)[number], dispatch: Dispatch): object {
  return format === 'ecs' ? ecsEvent(dispatch) : ocsfEvent(dispatch);
}

/**
 * One line without a line break at its end.
 * @param maxBytes in UTF-8; a longer one is told with less: its texts cut, and of ECS without the entry's whole body.
 *   A line may still be longer where even that is not enough.
 */
export function asLine(format: Format, dispatch: Dispatch, maxBytes = Number.POSITIVE_INFINITY): string {
  let line = ENCODERS[format](dispatch, false);
  for (const length of SHORTER) {
    if (Buffer.byteLength(line) <= maxBytes) break;
    line = ENCODERS[format](shortened(dispatch, length), true);
  }
  return line;
}

const ENCODERS: Readonly<Record<Format, (dispatch: Dispatch, isShort: boolean) => string>> = {
  ecs: (dispatch, isShort) => jsonLine(isShort ? withoutBody(dispatch) : ecsEvent(dispatch)),
  ocsf: (dispatch) => jsonLine(ocsfEvent(dispatch)),
  cef,
  leef,
};

function withoutBody(dispatch: Dispatch): object {
  const { severity, facts } = dispatch;
  const { reasons, decisionState } = facts;
  return { ...ecsEvent(dispatch), penstock: { severity, reasons, decisionState, isShortened: true } };
}

/** With every text cut to `length` characters. */
export function shortened(dispatch: Dispatch, length: number): Dispatch {
  const { facts, message } = dispatch;
  const cutOrNull = (text: string | null) => text && cut(text, length);
  const short: AlertFacts = {
    ...facts,
    rule: cutOrNull(facts.rule),
    reasons: facts.reasons.slice(0, MOST_REASONS).map((reason) => cut(reason, length)),
  };
  return { ...dispatch, actor: cut(dispatch.actor, length), message: cut(message, length), facts: short };
}
