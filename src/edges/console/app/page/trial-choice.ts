/** How long a change is tried before it is taken back, as the API takes it; '' for one that stays. */
export const TRIALS = [
  { value: '1m', words: 'Taken back after 1 minute unless confirmed' },
  { value: '5m', words: 'Taken back after 5 minutes unless confirmed' },
  { value: '15m', words: 'Taken back after 15 minutes unless confirmed' },
  { value: '', words: 'Stays, without a trial' },
] as const;
export type Trial = (typeof TRIALS)[number]['value'];
