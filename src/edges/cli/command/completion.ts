import { Argument, type Command } from 'commander';
import { doing, examples } from '../action.ts';
import { BASH, ZSH } from '../completion/scripts.ts';

const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH };

export function defineCompletion(command: Command): void {
  command
    .addArgument(new Argument('<shell>').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', `${examples('completion bash')}\n${LOADING}`)
    .action(
      doing(async ({ screen }, [shell = '']) => {
        screen.write((SCRIPTS[shell] as string).trimEnd());
        return undefined;
      }),
    );
}

const LOADING = `
For this shell:        source <(penstock completion bash)
For every bash:        penstock completion bash > /etc/bash_completion.d/penstock
For every zsh:         penstock completion zsh > /usr/local/share/zsh/site-functions/_penstock`;
