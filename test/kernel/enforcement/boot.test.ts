/** What systemd/penstock-boot makes of the file, with nft and awk alone, in a namespace of its own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalListing, Nftables, SetElements } from 'node-nftables';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Decision, Target } from '../../../src/decision/decision.ts';
import { bootElements } from '../../../src/enforcement/boot-elements.ts';
import { bootText } from '../../../src/enforcement/boot-text.ts';
import { Enforcer } from '../../../src/enforcement/enforcer.ts';
import { KernelTable } from '../../../src/enforcement/kernel-table.ts';
import { TABLE } from '../../../src/enforcement/sets.ts';
import { ThreadNamespace } from '../../namespaces/thread.ts';

const SCRIPT = new URL('../../../systemd/penstock-boot', import.meta.url).pathname;
const HOUR = 3_600_000;

const TARGETS: Target[] = [
  { kind: 'destination', prefix: '198.51.100.66/32' },
  { kind: 'destination', prefix: '203.0.113.0/24' },
  { kind: 'destination', prefix: '2001:db8:1::/48' },
  { kind: 'flow', host: '10.1.0.10', destination: '198.51.100.66', service: { protocol: 6, port: 443 } },
  { kind: 'flow', host: 'fd00:1::10', destination: '2001:db8::66', service: { protocol: 58, port: null } },
  { kind: 'host', host: '10.1.0.10', allowTo: ['10.0.0.53/32', '10.2.0.0/16'] },
];

function decision(id: string, target: Target, leftMs: number): Decision {
  return {
    ...{ id, target, incident: null, origin: { kind: 'manual', actor: 'test' }, approval: 'none' },
    action: target.kind === 'host' ? 'quarantine' : 'block',
    ...{ ttlMs: HOUR, state: 'active', createdAtMs: Date.now(), answerByMs: null, reason: '', answers: [] },
    expiresAtMs: Date.now() + leftMs,
    enforcement: { status: 'none' },
  } as Decision;
}

describe('the file for the next boot', () => {
  let folder: string;
  let namespace: ThreadNamespace;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'penstock-boot-'));
    namespace = new ThreadNamespace();
  });

  afterEach(() => {
    namespace[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });

  const path = () => join(folder, 'boot.nft');
  const boot = () => spawnSync(SCRIPT, [folder], { encoding: 'utf8' });
  const flush = () => execFileSync('nft', ['flush', 'ruleset']);

  /** A table with these blocks; the file is what it is made of. @returns the listing */
  function write(leftMs: number[], { choice = 'open' as 'open' | 'closed', writtenMs = Date.now() } = {}) {
    using nft = Nftables.open();
    using elements = SetElements.open();
    const enforcer = new Enforcer(new KernelTable(nft, elements));
    for (const [i, target] of TARGETS.entries())
      enforcer.expect(decision(`D${i}`, target, leftMs[i % leftMs.length]));
    expect(enforcer.reconcile(Date.now()).error).toBeUndefined();
    const { elements: standing, lists } = enforcer.wantedApart(Date.now());
    const content = { elements: bootElements(standing, choice), lists };
    writeFileSync(path(), [...bootText(enforcer.tableText(), content, writtenMs)].join(''));
    return canonicalListing(nft.listTable(TABLE));
  }

  function listing(): string {
    using nft = Nftables.open();
    return canonicalListing(nft.listTable(TABLE));
  }

  /** Seconds that a block has left, as nft says. */
  function left(set: string): number[] {
    const text = execFileSync('nft', ['-j', 'list', 'set', 'inet', 'penstock', set]).toString();
    const { elem = [] } = JSON.parse(text).nftables.find((each: object) => 'set' in each).set;
    return elem.map(({ elem: { expires } }: { elem: { expires: number } }) => expires);
  }

  it('makes the table that was there, which a daemon then has nothing to mend in', () => {
    const before = write([HOUR / 2]);
    flush();
    expect(boot()).toMatchObject({ status: 0 });
    expect(listing()).toBe(before);
    using nft = Nftables.open();
    using elements = SetElements.open();
    const enforcer = new Enforcer(new KernelTable(nft, elements));
    for (const [i, target] of TARGETS.entries()) enforcer.expect(decision(`D${i}`, target, HOUR / 2));
    const result = enforcer.reconcile(Date.now());
    expect(result.error).toBeUndefined();
    expect(result.differences.filter((each) => !each.startsWith('other life time'))).toEqual([]);
  });

  it('is read by nft as it is', () => {
    const before = write([HOUR / 2]);
    flush();
    execFileSync('nft', ['-f', path()]);
    expect(listing()).toBe(before);
  });

  it('gives a block what it has left when it is loaded, not when it was written', () => {
    write([HOUR]);
    flush();
    const [written, until] = [Math.floor(Date.now() / 1000), Math.floor(Date.now() / 1000) + 600];
    const text = readFileSync(path(), 'utf8').replaceAll(/# until \d+/g, `# until ${until}`);
    writeFileSync(path(), text.replace(/# written \d+/, `# written ${written - 3_000}`));
    expect(boot()).toMatchObject({ status: 0 });
    for (const seconds of left('destination4')) expect(seconds).toBeGreaterThan(500);
    for (const seconds of left('destination4')) expect(seconds).toBeLessThanOrEqual(600);
  });

  it('drops what is over, also when nothing of a set is left', () => {
    write([HOUR]);
    flush();
    const past = Math.floor(Date.now() / 1000) - 1;
    const text = readFileSync(path(), 'utf8').replace(/# written \d+/, `# written ${past - 10}`);
    writeFileSync(path(), text.replaceAll(/^(198\.51\.100\.66 .*)# until \d+$/gm, `$1# until ${past}`));
    expect(boot()).toMatchObject({ status: 0 });
    expect(left('destination4')).toEqual([]);
    expect(left('prefix4')).toHaveLength(1);
  });

  it('gives no block more than it had, when the clock has fallen back', () => {
    const aheadMs = 10 * HOUR;
    write([HOUR], { writtenMs: Date.now() });
    flush();
    const text = readFileSync(path(), 'utf8');
    const later = (_: string, word: string, seconds: string) =>
      `# ${word} ${Number(seconds) + aheadMs / 1000}`;
    writeFileSync(path(), text.replaceAll(/# (written|until) (\d+)/g, later));
    expect(boot()).toMatchObject({ status: 0 });
    for (const seconds of left('destination4')) expect(seconds).toBeLessThanOrEqual(HOUR / 1000);
  });

  it('leaves a table that is there alone', () => {
    write([HOUR]);
    execFileSync('nft', ['flush', 'set', 'inet', 'penstock', 'destination4']);
    const before = listing();
    expect(boot()).toMatchObject({ status: 0, stderr: expect.stringContaining('left as it is') });
    expect(listing()).toBe(before);
  });

  it('does nothing without a file, and refuses half of one, or one that nft does not take, without a trace', () => {
    expect(boot()).toMatchObject({ status: 0, stderr: expect.stringContaining('nothing to load') });
    write([HOUR]);
    flush();
    const text = readFileSync(path(), 'utf8');
    writeFileSync(path(), text.slice(0, text.length / 2));
    expect(boot()).toMatchObject({ status: 1, stderr: expect.stringContaining('not whole') });
    writeFileSync(path(), text.replace('chain forward', 'chain { nonsense'));
    expect(boot().status).not.toBe(0);
    expect(execFileSync('nft', ['list', 'ruleset']).toString()).toBe('');
  });

  it('has an allowlist that holds nothing, where closed was chosen', () => {
    write([HOUR], { choice: 'closed' });
    flush();
    expect(boot()).toMatchObject({ status: 0 });
    const list = (kind: string, name: string) =>
      execFileSync('nft', ['list', kind, 'inet', 'penstock', name]).toString();
    expect(list('map', 'mode')).toMatch(/ipv4 : goto admit4/);
    expect(list('map', 'mode')).toMatch(/ipv6 : goto admit6/);
    expect(left('allow4')).toEqual([]);
    expect(left('destination4')).toHaveLength(1);
  });
});
