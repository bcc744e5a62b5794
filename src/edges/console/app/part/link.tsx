import { Link } from 'wouter-preact';

export function HostLink({ host }: { host: string }) {
  return (
    <Link class="address" title={host} href={`/hosts/${encodeURIComponent(host)}`}>
      {host}
    </Link>
  );
}

export function IncidentLink({ id }: { id: string }) {
  return (
    <Link class="id" href={`/incidents/${encodeURIComponent(id)}`}>
      {id}
    </Link>
  );
}
