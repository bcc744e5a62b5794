/** What a detector makes of its facts; undefined when there is nothing to say. */
export interface Judgement {
  /** 0 to 1: how sure it is, all by itself, that this is no normal traffic. */
  readonly confidence: number;
  /** What happened, with numbers. */
  readonly happened: string;
  /** What is normal, with numbers, or why nothing is known of it. */
  readonly normal: string;
}

/** Reasons that are independent of each other, joined: one minus the chance that all are wrong. */
export function either(...confidences: readonly number[]): number {
  return 1 - confidences.reduce((wrong, confidence) => wrong * (1 - confidence), 1);
}
