/** Blocks by hand, any number of them, and the time that `nft` takes for a table that holds them. */
import { spawnSync } from 'node:child_process';
import type { Decision } from '../../src/decision/decision.ts';
import { bootText } from '../../src/enforcement/boot-text.ts';
import type { Enforcer } from '../../src/enforcement/enforcer.ts';
import { ThreadNamespace } from '../namespaces/thread.ts';

const TTL_MS = 86_400_000;

export function blockOf(index: number): Decision {
  const prefix = `11.${index >> 16}.${(index >> 8) & 255}.${index & 255}/32`;
  return {
    ...{ id: `D${index}`, incident: null, origin: { kind: 'manual', actor: 'bench' }, action: 'block' },
    target: { kind: 'destination', prefix },
    ...{ approval: 'none', ttlMs: TTL_MS, state: 'active', createdAtMs: Date.now(), answerByMs: null },
    expiresAtMs: Date.now() + TTL_MS,
    ...{ reason: '', answers: [], enforcement: { status: 'none' } },
  } as Decision;
}

/** Milliseconds that nft takes for the table with all its elements, in a namespace that has none. */
export function loadByNft(enforcer: Enforcer): number {
  const nowMs = Date.now();
  const input = [...bootText(enforcer.tableText(), enforcer.wantedApart(nowMs), nowMs)].join('');
  using _ = new ThreadNamespace();
  const start = performance.now();
  const { status, stderr } = spawnSync('nft', ['-f', '-'], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - start;
}
