import type { ChildProcess } from 'node:child_process';
import type { Decision } from '../../../src/decision/decision.ts';
import { latencySince, readBlockLatency } from '../block-latency.ts';
import { connects } from '../client.ts';
import { isTracked } from '../kernel-view.ts';
import { DESK, LISTED_C2, type Stage } from '../stage.ts';
import { Stream } from '../stream.ts';
import { violationSeen } from '../violation.ts';

/** A host opens a connection to a deny-listed server and streams. @returns the block */
export async function denyListed(stage: Stage, server: ChildProcess): Promise<Decision> {
  const { report, network } = stage;
  report.scene('2. A host calls a deny-listed server');
  report.say(`desk opens a stream to ${LISTED_C2}:443, a line each millisecond`);
  const before = await readBlockLatency(stage);
  const stream = new Stream(network, 'desk', LISTED_C2, 443, server);
  const block = await violationSeen(stage, 'deny list', DESK, LISTED_C2);
  report.step("deny list: kernel's event to block in the kernel", await latencySince(stage, before));
  const dead = await stream.isDead(300);
  stream.stop();
  report.claim(`the connection is dead: ${stream.received} lines got through, then none of 300`, dead);
  report.claim('conntrack has forgotten it', !(await isTracked(stage, DESK, LISTED_C2)));
  report.claim('no other host reaches the server either', !(await connects(stage, 'laptop', LISTED_C2, 443)));
  return block;
}
