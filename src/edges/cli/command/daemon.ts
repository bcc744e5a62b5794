import type { Command } from 'commander';
import type { DaemonFlags } from '../../../daemon/configuration.ts';
import { examples } from '../context.ts';

/** The daemon reports its own failures, as log lines. */
interface DaemonModule {
  runDaemon(flags: DaemonFlags): Promise<number>;
}

export function addDaemon(program: Command): void {
  program
    .command('daemon')
    .description('Run the daemon in the foreground')
    .option('--policy <file>', 'the policy to start with (PENSTOCK_POLICY)')
    .option('--listen <address:port>', 'where the API listens, loopback only (PENSTOCK_LISTEN)')
    .option('--config <file>', 'settings, where neither flag nor environment says (PENSTOCK_CONFIG)')
    .addHelpText('after', examples('daemon --policy /etc/penstock/policy.yaml --state-dir /var/lib/penstock'))
    .action(async (_options: unknown, command: Command) => {
      const { policy, stateDir, listen, config } = command.optsWithGlobals<DaemonFlags>();
      const daemon: DaemonModule = await import('../../../daemon/main.ts');
      process.exitCode = await daemon.runDaemon({ policy, stateDir, listen, config });
    });
}
