import type { Decision } from '../../../src/decision/decision.ts';
import { connects, fetchPage, pings } from '../client.ts';
import { digestOf, tableText } from '../kernel-view.ts';
import { preciseNow } from '../report.ts';
import { CAMERA, CHAT, LISTED_C2, type Stage, WEB } from '../stage.ts';

/** A quarantine, a mistake, and the way back. `block` is the approved one. */
export async function quarantineAndRollback(stage: Stage, block: Decision): Promise<void> {
  const good = { revision: await revision(stage), table: tableText() };
  await quarantine(stage);
  await mistake(stage, block);
  await rollback(stage, good);
}

async function quarantine(stage: Stage): Promise<void> {
  const { report } = stage;
  report.scene('7. A host is quarantined, with one exception');
  const target = { kind: 'host', host: CAMERA, allowTo: [`${WEB}/32`] };
  const startedAt = preciseNow();
  await stage.call('POST', '/v1/decisions', { target, ttlMs: 7_200_000, reason: 'odd traffic' });
  report.step('quarantine: call to block in the kernel', preciseNow() - startedAt);
  report.claim(`camera no longer pings ${CHAT}`, !(await pings(stage, 'camera', CHAT)));
  report.claim('nor does anybody reach it through the gateway', !(await pings(stage, 'chat', CAMERA)));
  report.claim(`the exception holds: it reads ${WEB}`, (await fetchPage(stage, 'camera', WEB)) !== undefined);
}

async function mistake(stage: Stage, { id }: Decision): Promise<void> {
  const { report } = stage;
  report.say(`somebody revokes ${id} by mistake`);
  await stage.call('POST', `/v1/decisions/${id}/revoke`, { reason: 'wrong number' });
  report.claim('the deny-listed server is open again', await connects(stage, 'desk', LISTED_C2, 443));
}

async function rollback(stage: Stage, good: { revision: number; table: string }): Promise<void> {
  const { report } = stage;
  report.scene(`8. Rollback to revision ${good.revision}, before the quarantine and the mistake`);
  const changed = tableText();
  const startedAt = preciseNow();
  await stage.call('POST', '/v1/rollback', { to: good.revision, reason: 'undo both' });
  report.step('rollback: call to kernel as it was', preciseNow() - startedAt);
  const now = tableText();
  report.say(`  table at revision ${good.revision}   SHA-256 ${digestOf(good.table)}`);
  report.say(`  table before rollback   SHA-256 ${digestOf(changed)}`);
  report.say(`  table after rollback    SHA-256 ${digestOf(now)}`);
  report.claim('the kernel table is equal byte for byte', now === good.table && changed !== good.table);
  report.claim("so is the daemon's own digest", await sameDigest(stage, good.revision));
  report.claim('the quarantine is lifted', await pings(stage, 'camera', CHAT));
  report.claim('the deny-listed server is blocked again', !(await connects(stage, 'desk', LISTED_C2, 443)));
}

async function revision(stage: Stage): Promise<number> {
  return (await stage.call('GET', '/v1/status')).policy.revision;
}

async function sameDigest(stage: Stage, then: number): Promise<boolean> {
  const { rulesetDigest } = await stage.call('GET', `/v1/revisions/${then}`);
  const { kernel } = await stage.call('GET', '/v1/status');
  return kernel.digest === rulesetDigest;
}
