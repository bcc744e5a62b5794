/** `kill -9` at every step of what people answer. */
import type { DecisionState } from '../../src/decision/decision.ts';
import { AROUND_THE_KERNEL, type Happening, killedDuring, violate } from '../faults/happening.ts';
import type { Scene } from '../faults/scene.ts';

const BLOCK = 'action: block, target: flow, ttl: 1h';
const BEFORE = {
  provisional: `${BLOCK}, approval: provisional, holdFor: 10m`,
  pending: `${BLOCK}, approval: required`,
  active: `${BLOCK}, approval: none`,
};

function answered(before: keyof typeof BEFORE, verb: string, after: DecisionState): Happening {
  return {
    what: `${verb} of a block that is ${before}`,
    action: BEFORE[before],
    async prepare(scene: Scene, port: number) {
      violate(scene, port);
      return (await scene.decided(port, before)).id;
    },
    start: (scene, _port, id) => scene.daemon.call('POST', `/v1/decisions/${id}/${verb}`, {}),
    after,
    otherwise: before,
  };
}

killedDuring(answered('provisional', 'approve', 'active'));
killedDuring(answered('pending', 'approve', 'active'), AROUND_THE_KERNEL);
killedDuring(answered('provisional', 'reject', 'rejected'), AROUND_THE_KERNEL);
killedDuring(answered('pending', 'reject', 'rejected'), AROUND_THE_KERNEL);
killedDuring(answered('active', 'revoke', 'revoked'), AROUND_THE_KERNEL);
