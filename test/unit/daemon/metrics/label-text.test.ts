/** What stands in a label stays in it: the text format is read back as Prometheus reads it, and promtool takes it. */
import { execFileSync } from 'node:child_process';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { addFamily } from '../../../../src/daemon/metrics/family.ts';

const HOSTILE = [
  'x"} 1\nevil_total{a="b',
  'back\\slash\\',
  'two\nlines',
  '\u001b[2J\u202e<script>',
  '# HELP evil',
  '',
];

/** https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information */
function labelIn(line: string): string {
  const quoted = /^penstock_test\{list="((?:[^"\\\n]|\\["\\n])*)"\} 1$/.exec(line)?.[1];
  if (quoted === undefined) throw new Error(`no sample: ${line}`);
  return quoted.replaceAll(/\\(.)/g, (_, sign: string) => ({ n: '\n' })[sign as 'n'] ?? sign);
}

it('is one sample each, whatever the label', async () => {
  const registry = new Registry();
  addFamily(registry, {
    ...{ name: 'penstock_test', help: 'A test', labels: ['list'] },
    read: (put) => {
      for (const list of HOSTILE) put({ list }, 1);
    },
  });
  const text = await registry.metrics();
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(samples.map(labelIn)).toEqual(HOSTILE);
  expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');
});
