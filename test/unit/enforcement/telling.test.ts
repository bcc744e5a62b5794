import { expect, it } from 'vitest';
import { readPrefix, TOLD, tellingChains } from '../../../src/enforcement/ruleset/telling.ts';

it('what the rules write is read back', () => {
  const written = tellingChains().flatMap(({ rules }) =>
    rules.flat().flatMap((statement) => ('log' in statement ? [String(statement.log?.prefix)] : [])),
  );
  expect(written.map(readPrefix)).toEqual(
    TOLD.flatMap((told) => [
      { told, translated: true },
      { told, translated: false },
    ]),
  );
  // The kernel cuts longer ones (NF_LOG_PREFIXLEN).
  for (const prefix of written) expect(prefix.length).toBeLessThan(128);
});

it.each([
  '',
  'penstock',
  'penstock ',
  'penstock refused ',
  'penstock other',
  'xpenstock refused',
  'penstock refused x',
])('another rule wrote %j', (prefix) => {
  expect(readPrefix(prefix)).toBeUndefined();
});
