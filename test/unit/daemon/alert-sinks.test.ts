import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openAlertSinks } from '../../../src/daemon/alert-sinks.ts';
import { alertSettings } from '../../../src/edges/alerts/sinks.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'penstock-sinks-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function names(alerts: unknown, configuration?: string): string[] {
  return openAlertSinks(alertSettings.parse(alerts), configuration).map(({ sink }) => sink.name);
}

test('standard error always gets alerts, unless the configuration says what it gets', () => {
  expect(names({})).toEqual(['journal']);
  expect(names({ webhook: { url: 'https://a.example' } })).toEqual(['journal', 'webhook']);
  expect(names({ sinks: [{ type: 'journal', name: 'errors', minSeverity: 'high' }] })).toEqual(['errors']);
});

test('a secret is read beside the configuration; one that is missing stops the start, exit 2', () => {
  const beside = folder();
  writeFileSync(join(beside, 'hook.secret'), 's3cret\n');
  const configuration = join(beside, 'penstock.yaml');
  const hook = (secretFile: string) => ({ webhook: { url: 'https://a.example', secretFile } });
  expect(names(hook('hook.secret'), configuration)).toContain('webhook');
  expect(() => names(hook('no'), configuration)).toThrow(
    expect.objectContaining({
      code: 'PENSTOCK_CONFIG_INVALID',
      exitCode: 2,
      message: expect.stringMatching(/alert sink webhook: secret: ENOENT/),
    }),
  );
});
