import type { Command } from 'commander';
import { doing, examples } from '../action.ts';

export function defineCompletion(command: Command): void {
  command.addHelpText('after', examples('completion bash')).action(doing(async () => undefined));
}
