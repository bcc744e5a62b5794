import type { Schema } from 'penstock-client';
import type { ComponentChildren } from 'preact';
import { Link } from 'wouter-preact';
import { formatCount } from '../part/format.ts';

/** The numbers that somebody looks for first, each leading to its page. */
export function Tiles({ status }: { status: Schema<'Status'> }) {
  const { decisions, openIncidents, conntrack, profiles } = status;
  const { active, pending, provisional } = decisions;
  const waiting = pending + provisional;
  return (
    <ul class="tiles">
      <Tile name="Waiting for an answer" href="/approvals" isUrgent={waiting > 0} value={waiting}>
        {provisional > 0 ? `${formatCount(provisional)} blocked meanwhile` : 'approvals'}
      </Tile>
      <Tile name="Open incidents" href="/incidents" value={openIncidents}>
        {formatCount(status.activeSuppressions)} suppressed
      </Tile>
      <Tile name="Standing blocks" href="/approvals" value={active + provisional}>
        {provisional > 0 ? `${formatCount(provisional)} provisional` : 'in the kernel now'}
      </Tile>
      <Tile name="Hosts" href="/hosts" value={profiles.established}>
        with a known profile
      </Tile>
      <Tile name="Flows" href="/flows" value={conntrack.standingFlows}>
        standing now
      </Tile>
    </ul>
  );
}

interface TileProps {
  readonly name: string;
  readonly href: string;
  readonly value: number;
  readonly isUrgent?: boolean;
  readonly children: ComponentChildren;
}

function Tile({ name, href, value, isUrgent = false, children }: TileProps) {
  return (
    <li>
      <Link href={href} class={isUrgent ? 'tile urgent' : 'tile'}>
        <span class="tile-name">{name}</span>
        <span class="tile-value number">{formatCount(value)}</span>
        <span class="tile-words small">{children}</span>
      </Link>
    </li>
  );
}
