import { connects } from '../client.ts';
import { isTracked } from '../kernel-view.ts';
import { preciseNow } from '../report.ts';
import { LAPTOP, LISTED_C2, POLICY, type Stage, UNLISTED_C2 } from '../stage.ts';
import type { Stream } from '../stream.ts';
import { violationSeen } from '../violation.ts';

/** A stream that was allowed when it began is cut once its destination is on the deny list. */
export async function standingConnection(stage: Stage, stream: Stream): Promise<void> {
  const { report } = stage;
  report.scene('4. The deny list grows, and an established connection dies');
  await stream.flows(100);
  report.say(
    `laptop has streamed to ${UNLISTED_C2}:443 since scene 1: ${stream.received} lines have arrived`,
  );
  const policy = POLICY.replace(`${LISTED_C2}/32]`, `${LISTED_C2}/32, ${UNLISTED_C2}/32]`);
  const startedAt = preciseNow();
  await stage.call('PUT', '/v1/policy?reason=threat%20report', policy, {
    'content-type': 'application/yaml',
  });
  report.step('policy applied: call to answer', preciseNow() - startedAt);
  await violationSeen(stage, 'policy applied', LAPTOP, UNLISTED_C2);
  const dead = await stream.isDead(300);
  stream.stop();
  report.step('policy applied: call to last line that arrived', (stream.lastArrivedAt ?? 0) - startedAt);
  report.claim(`the established connection is dead: then none of 300 lines arrived`, dead);
  report.claim('conntrack has forgotten it', !(await isTracked(stage, LAPTOP, UNLISTED_C2)));
  report.claim('a new one does not come up', !(await connects(stage, 'laptop', UNLISTED_C2, 443)));
}
