import { formatBytes, formatCount } from './format.ts';

/** `1.5 MiB`; the exact number when pointed at. */
export function Bytes({ bytes }: { bytes: number }) {
  return (
    <data class="number" value={String(bytes)} title={`${formatCount(bytes)} bytes`}>
      {formatBytes(bytes)}
    </data>
  );
}
