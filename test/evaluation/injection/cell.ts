/** What came of one experiment on all stages. */
import { median } from 'simple-statistics';
import { type Experiment, type Outcome, run } from './experiment.ts';
import type { Stage } from './stage.ts';

export interface Cell {
  readonly experiment: Experiment;
  /** On stages where the attack can be done. */
  readonly runs: number;
  /** High or critical incidents that name it. */
  readonly detected: number;
  /** Incidents of any severity. */
  readonly noticed: number;
  /** Medians of those; null: none. */
  readonly detectedAfterMs: number | null;
  readonly noticedAfterMs: number | null;
  /** The surest word of each run that was not detected, `nothing` when there was none, with how many runs said so. */
  readonly missedWith: ReadonlyMap<string, number>;
}

export function cellOf(experiment: Experiment, stages: readonly Stage[]): Cell {
  return summary(
    experiment,
    stages.flatMap((stage) => run(stage, experiment) ?? []),
  );
}

export function summary(experiment: Experiment, outcomes: readonly Outcome[]): Cell {
  const detected = outcomes.flatMap(({ detectedAfterMs }) => detectedAfterMs ?? []);
  const noticed = outcomes.flatMap(({ noticedAfterMs }) => noticedAfterMs ?? []);
  const missedWith = new Map<string, number>();
  for (const { detectedAfterMs, evidence } of outcomes) {
    if (detectedAfterMs !== null) continue;
    const surest = evidence[0] ?? 'nothing';
    missedWith.set(surest, (missedWith.get(surest) ?? 0) + 1);
  }
  return {
    experiment,
    runs: outcomes.length,
    detected: detected.length,
    noticed: noticed.length,
    detectedAfterMs: medianOf(detected),
    noticedAfterMs: medianOf(noticed),
    missedWith,
  };
}

function medianOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : median([...values]);
}
