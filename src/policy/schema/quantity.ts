/** Durations, sizes and rates as fields of a policy. */
import { parseDuration, parseRate, parseSize } from '../quantity.ts';
import { textField } from './text.ts';

export { formatDuration, formatSize, parseDuration, parseRate, parseSize } from '../quantity.ts';

export const durationField = textField({
  parse: parseDuration,
  description: 'Duration: whole number and s, m, h or d',
  examples: ['10m', '24h'],
});
export const sizeField = textField({
  parse: parseSize,
  description: 'Size: whole number and unit, 1000-based (MB) or 1024-based (MiB)',
  examples: ['2GiB', '500MB'],
});
export const rateField = textField({
  parse: parseRate,
  description: 'Rate: whole number a second, minute or hour',
  examples: ['50/s', '10/m'],
});
