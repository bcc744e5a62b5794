import type { Decision } from '../../../src/decision/decision.ts';
import { destinationBlock } from '../kernel-view.ts';
import { preciseNow } from '../report.ts';
import { LISTED_C2, type Stage } from '../stage.ts';

/** A person with the role approver lets a provisional block stand for its whole time. */
export async function approval(stage: Stage, { id, ttlMs }: Decision): Promise<void> {
  const { report } = stage;
  report.scene('3. A person approves the block');
  const { token } = await stage.call('POST', '/v1/tokens', {
    name: 'on-duty',
    role: 'approver',
    expiresAtMs: null,
  });
  const before = destinationBlock(stage, LISTED_C2);
  const startedAt = preciseNow();
  const headers = { authorization: `Bearer ${token}` };
  await stage.call('POST', `/v1/decisions/${id}/approve`, { reason: 'known botnet' }, headers);
  report.step('approval: call to longer timeout in the kernel', preciseNow() - startedAt);
  const after = destinationBlock(stage, LISTED_C2);
  report.claim(
    `nft lists a timeout of ${before?.timeout} s before and ${after?.timeout} s after`,
    before?.timeout === 900 && after?.timeout === ttlMs / 1000,
  );
}
