import type { Decision } from '../../../src/decision/decision.ts';
import { latencySince, readBlockLatency } from '../block-latency.ts';
import { connects, fetchPage } from '../client.ts';
import { preciseNow } from '../report.ts';
import { CHAT, LAPTOP, type Stage, WEB } from '../stage.ts';
import { Stream } from '../stream.ts';
import { violationSeen } from '../violation.ts';

const PORT = 5222;

/** What no rule allows is blocked until a person answers; a no lifts it at once. */
export async function rejection(stage: Stage): Promise<void> {
  const { report, network } = stage;
  report.scene('5. A host breaks the allowlist; a person rejects the block');
  const server = await stage.listen('chat', CHAT, PORT);
  report.say(`laptop opens a stream to ${CHAT}:${PORT}, which no rule allows`);
  const before = await readBlockLatency(stage);
  const stream = new Stream(network, 'laptop', CHAT, PORT, server);
  const block = await violationSeen(stage, 'allowlist', LAPTOP, CHAT);
  report.step("allowlist: kernel's event to block in the kernel", await latencySince(stage, before));
  const dead = await stream.isDead(300);
  report.claim(`the connection is dead: ${stream.received} lines got through, then none of 300`, dead);
  report.claim('laptop still reads the web', (await fetchPage(stage, 'laptop', WEB)) !== undefined);
  await liftedAtOnce(stage, block, stream);
  stream.stop();
}

async function liftedAtOnce(stage: Stage, { id }: Decision, stream: Stream): Promise<void> {
  const { report } = stage;
  const startedAt = preciseNow();
  await stage.call('POST', `/v1/decisions/${id}/reject`, { reason: 'the new chat server' });
  report.step('rejection: call to block out of the kernel', preciseNow() - startedAt);
  const talks = await connects(stage, 'laptop', CHAT, PORT);
  report.step('rejection: call to a new connection, socat included', preciseNow() - startedAt);
  report.claim('laptop talks to the chat server again', talks);
  await stream.flows(100);
  report.claim('the stalled stream goes on by itself, and nobody blocks it again', true);
  const { state } = await stage.call('GET', `/v1/decisions/${id}`);
  report.claim(`${id} is ${state}`, state === 'rejected');
}
