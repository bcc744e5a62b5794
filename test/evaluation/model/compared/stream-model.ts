/** What is compared: a model that scores a window by those before it (higher is more unusual), then learns it. */
export interface StreamModel {
  score(x: Float64Array): number;
  learn(x: Float64Array): void;
}

/** Ranges of the features, for models that need them beforehand. */
const LOW = [0, 0, 0, 0, 0, 0, 0, 0, -10, 0, 0, 0, 0];
const HIGH = [10, 8, 6, 8, 10, 1, 21, 21, 10, 9, 9, 1, 9];

export function scaled(x: Float64Array): Float64Array {
  return x.map((value, i) => Math.min(1, Math.max(0, (value - LOW[i]) / (HIGH[i] - LOW[i]))));
}
