/** All that the engine has of the kernel, in the network namespace of the thread that opens it. */
import {
  addQueueTarget,
  Nftables,
  type NftablesDriver,
  RulesetMonitor,
  type RulesetMonitorDriver,
  SetElements,
  type SetElementsDriver,
} from 'node-nftables';
import { listFlowtables } from '../conntrack/flowtable.ts';
import { conntrackHooks } from '../conntrack/hooks.ts';
import { conntrackLimit } from '../conntrack/limit.ts';
import { prepareConntrack } from '../conntrack/preparation.ts';
import { ConntrackSocket } from '../conntrack/socket.ts';
import { ConntrackWalk } from '../conntrack/walk.ts';
import { readSurroundings, type Surroundings } from '../decision/surroundings.ts';
import { gracePeriod } from '../enforcement/grace-period.ts';
import { DnsTable } from '../enforcement/names/dns-table.ts';
import { LOG_GROUP } from '../enforcement/ruleset/telling.ts';
import { PacketQueue } from '../names/queue/packet-queue.ts';
import { NeighbourSocket } from '../neighbour/socket.ts';
import { NflogSocket } from '../nflog/socket.ts';
import { bootTimeMs } from './boot-clock.ts';
import type { PacketLog } from './denied-feed.ts';
import type { NamesKernel } from './dns-tap.ts';
import { interfaceBytes } from './interface-bytes.ts';
import { processorMs } from './measure/processor-time.ts';
import type { NeighbourSource } from './quarantine-watch.ts';

/** More than any nf_conntrack_max in use; memory is taken only for flows that stand. */
const MAX_FLOWS = 4_000_000;

export interface Kernel extends Disposable {
  readonly nftables: NftablesDriver;
  readonly elements: SetElementsDriver;
  /** On a socket of their own: the kernel refuses every change of them, and nobody is told. */
  refusedElements(): SetElementsDriver;
  readonly monitor: RulesetMonitorDriver;
  readonly conntrack: ConntrackEvents;
  readonly walk: TableWalk;
  readonly neighbours: NeighbourSource;
  /** Flowtables of whomever; in words. */
  flowtables(): readonly string[];
  /** Where DNS is seen. */
  readonly names: NamesKernel;
  /** Packets that rules tell of. @throws NflogKernelError, when another process reads the group too */
  openPacketLog(): PacketLog & Disposable;
  /** Connections that conntrack may hold at most. */
  readonly maxFlows: number;
  /** So many it may hold as it is set up now. */
  readonly expectedFlows: number;
  /** Traffic of all interfaces until now, roughly. */
  passedBytes(): number;
  /** Time of a processor that this thread took until now. */
  processorMs(): number;
  /** Switch on what conntrack must say; needs a rule that uses ct. */
  prepareConntrack(): void;
  conntrackHooks: typeof conntrackHooks;
  surroundings(): Surroundings;
  /** Wait until no packet is on its way that was there when this was called. */
  gracePeriod(): void;
  /** See boot-clock.ts. */
  uptimeMs(): number;
}

export type ConntrackEvents = Pick<ConntrackSocket, 'fd' | 'drain' | 'delete' | 'dump' | 'changeMark'>;
export type TableWalk = Pick<ConntrackWalk, 'running' | 'start' | 'step'>;

/** @throws NftablesError, ConntrackKernelError */
export function openKernel(): Kernel {
  using resources = new DisposableStack();
  const elements = resources.use(SetElements.open());
  const monitor = resources.use(RulesetMonitor.open({ except: elements.portId }));
  elements.keepFrom(monitor);
  const parts = {
    nftables: resources.use(Nftables.open()),
    elements,
    monitor,
    conntrack: resources.use(ConntrackSocket.open()),
    walk: resources.use(ConntrackWalk.open()),
    neighbours: resources.use(NeighbourSocket.open()),
  };
  const opened = resources.move();
  return {
    ...parts,
    refusedElements: () => SetElements.open({ generation: otherGeneration(elements.generation().id) }),
    maxFlows: MAX_FLOWS,
    expectedFlows: conntrackLimit(),
    passedBytes: () => interfaceBytes(),
    processorMs,
    flowtables: () => listFlowtables(),
    names: {
      table: new DnsTable(parts.nftables, parts.elements, addQueueTarget),
      openQueue: (options) => PacketQueue.open(options),
    },
    openPacketLog: () => NflogSocket.open({ group: LOG_GROUP }),
    gracePeriod,
    prepareConntrack: () => void prepareConntrack(),
    conntrackHooks,
    surroundings: () => readSurroundings(),
    uptimeMs: bootTimeMs,
    [Symbol.dispose]: () => opened.dispose(),
  };
}

/** Half the way around from this one; 0 would mean any. */
function otherGeneration(id: number): number {
  return (id + 2 ** 31) >>> 0 || 1;
}
