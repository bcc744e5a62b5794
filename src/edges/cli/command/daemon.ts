import type { Command } from 'commander';
import type { DaemonFlags } from '../../../daemon/configuration.ts';
import { examples } from '../action.ts';
import { programOf } from '../program-command.ts';

/** The daemon reports its own failures, as log lines. */
interface DaemonModule {
  runDaemon(flags: DaemonFlags): Promise<number>;
}

export function defineDaemon(command: Command): void {
  command
    .option('--policy <file>', 'the policy to start with (PENSTOCK_POLICY)')
    .option('--listen <address>', 'where the API listens: address:port, loopback only (PENSTOCK_LISTEN)')
    .addHelpText(
      'after',
      examples(
        'daemon --policy /etc/penstock/policy.yaml --state-dir /var/lib/penstock',
        'daemon --config /etc/penstock/penstock.yaml',
      ),
    )
    .action(async (_options: unknown, command: Command) => {
      const { policy, stateDir, listen, config } = command.optsWithGlobals<DaemonFlags>();
      const daemon: DaemonModule = await import('../../../daemon/launch.ts');
      programOf(command).exitCode = (await daemon.runDaemon({ policy, stateDir, listen, config })) as 0 | 1;
    });
}
