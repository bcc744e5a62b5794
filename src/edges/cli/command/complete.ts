import type { Command } from 'commander';
import { doing } from '../action.ts';

export function defineComplete(command: Command): void {
  command.action(doing(async () => undefined));
}
