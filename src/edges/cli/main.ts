/** The `penstock` command. */
import { run } from './program.ts';
import { ofProcess } from './surroundings.ts';

/** `penstock flows | head`: the reader has seen enough. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await run(process.argv.slice(2), ofProcess());
