/** `claimant.ts DIR`: claim it, say so, and stay until killed. */
import { ExclusiveUse } from '../../../src/daemon/exclusive-use.ts';

await ExclusiveUse.claim(process.argv[2]);
console.log('claimed');
setInterval(() => {}, 60_000);
