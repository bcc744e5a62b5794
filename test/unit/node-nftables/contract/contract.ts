/**
 * What the drivers promise. The same tests run over the fake (unit) and over the real kernel (kernel), so that a
 * test of an application against the fake means something.
 */
import { afterEach, beforeEach } from 'vitest';
import { announcementsContract } from './announcements.ts';
import { batchesContract } from './batches.ts';
import { confirmationContract } from './confirmation.ts';
import { elementsContract } from './elements.ts';
import { imagesContract } from './images.ts';
import { intervalsContract } from './intervals.ts';
import { refusalContract } from './refusal.ts';
import { rulesetContract } from './ruleset.ts';
import { type Drivers, makeTable } from './table.ts';

export function contract(open: () => Drivers): void {
  let drivers: Drivers;
  beforeEach(() => {
    drivers = open();
    makeTable(drivers.nft);
  });
  afterEach(() => {
    drivers[Symbol.dispose]();
  });

  const current = () => drivers;
  rulesetContract(current);
  refusalContract(current);
  elementsContract(current);
  intervalsContract(current);
  batchesContract(current);
  confirmationContract(current);
  imagesContract(current);
  announcementsContract(current);
}
