/**
 * Failed connections: one address and port is tried again and again and never answers, as a program does whose
 * controller is gone (a dead command and control server).
 *
 * Source: measured on recorded traffic: of all pairs of host and service, honest ones that fail ten times and more,
 * nearly always, are about none in six days of six hosts; dead controllers do it within minutes.
 * Formula: attempts (those within five seconds are one) >= `minAttempts`, of which `failedPercent` fail, over at
 * least `minSpan`. On the web's ports that is worth a look (0.7) and no more, for pages embed what is dead. Surer when
 * a timer makes them (timing.ts), when they go on for long, on another port. Much less sure for an address inside (a
 * printer that was switched off), and not said at all when nothing else outside answers: then the network is down.
 */
import type { Settings } from '../policy/schema/detectors.ts';
import { either, type Judgement } from './judgement.ts';
import type { Timing } from './timing.ts';
import { percent, round, span } from './wording.ts';

const REGULAR = Math.log(4_096);
const HOUR_S = 3_600;

export interface FailureFacts {
  readonly service: string;
  readonly destination: string;
  readonly attempts: number;
  readonly failures: number;
  /** Attempts that are at least five seconds apart. */
  readonly beats: number;
  readonly spanS: number;
  readonly timing: Timing | undefined;
  readonly web: boolean;
  readonly inside: boolean;
  readonly othersAnswer: boolean;
}

export function failedConnections(
  facts: FailureFacts,
  { minAttempts, failedPercent, minSpan }: Settings<'failedConnections'>,
): Judgement | undefined {
  const { attempts, failures, beats, spanS, timing, othersAnswer } = facts;
  if (beats < minAttempts || spanS * 1000 < minSpan || !othersAnswer) return undefined;
  if (failures < (attempts * failedPercent) / 100) return undefined;
  const regular = timing !== undefined && timing.ratio >= REGULAR;
  const pace = regular ? `, about every ${span(timing.medianS)}` : '';
  return {
    confidence: confidenceOf(facts, regular),
    happened:
      `It tried ${facts.destination} ${facts.service} ${attempts} times in ${span(spanS)}${pace}; ` +
      `${failures} of them failed (${percent(failures / attempts)}).`,
    normal:
      `Programs give up, or find another server, long before ${round(beats)} tries; ` +
      'other destinations answer this host meanwhile, so its network works.',
  };
}

function confidenceOf({ beats, spanS, web, inside }: FailureFacts, regular: boolean): number {
  if (inside) return 0.35;
  // A page goes on embedding what is dead for as long as somebody reads it.
  if (web && !regular) return 0.7;
  const persistent = beats >= 30 && spanS >= HOUR_S;
  return Math.min(0.95, either(0.7, regular ? 0.5 : 0, persistent ? 0.4 : 0, web ? 0 : 0.35));
}
