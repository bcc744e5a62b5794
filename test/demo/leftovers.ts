import { execFileSync } from 'node:child_process';

/** Namespaces that this process made under a label and that are still there; they are removed. */
export function removeLeftovers(label: string): string[] {
  const listed = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).split('\n');
  const ours = listed
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name.startsWith(`ps-${label}-${process.pid}-`));
  for (const name of ours) execFileSync('ip', ['netns', 'del', name]);
  return ours;
}
