/** What a detector says: a suspicion with its strength, and the two sentences that make it believable. */
import type { Flow } from '../flow/flow.ts';
import type { AnomalyDetector } from '../policy/schema/detectors.ts';

/** What is at fault: one service of the flow's destination, the destination with many services, many destinations. */
export type Scope = 'service' | 'destination' | 'host';

export interface Finding {
  readonly detector: AnomalyDetector;
  /** A flow that shows it, a copy. */
  readonly flow: Flow;
  readonly scope: Scope;
  /** 0 to 1: how sure the detector is, all by itself, that this is no normal traffic. */
  readonly confidence: number;
  /** What happened, with numbers. */
  readonly happened: string;
  /** What is normal here, with numbers, or why nothing is known of it. */
  readonly normal: string;
}
