/** The engine thread's entry: starts the engine, says that it is ready, and loops until it is told to stop. */
import { on } from 'node:events';
import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { CommandHandlers, LONG } from './command-handlers.ts';
import type { Notice, Outcome } from './commands.ts';
import { Engine } from './engine.ts';
import { isJob } from './job.ts';
import { JobQueue } from './job-queue.ts';
import { runLoop } from './loop.ts';
import { PolicyReceiver } from './policy-parcel.ts';
import { Priority } from './priority.ts';
import type { EngineSettings, EngineThreadData, FromEngine, StartPolicy, ToEngine } from './wire.ts';

const port = parentPort;
if (port === null) throw new Error('the engine runs in a worker thread only');
const send = (message: FromEngine) => port.postMessage(message);
const { prologue } = workerData as EngineThreadData;
const told = on(prologue, 'message');
const next = async <T>() => (await told.next()).value?.[0] as T;
const settings = await next<EngineSettings>();

const tell = (notice: Notice) => send({ kind: 'notice', notice });
const priority = new Priority(tell);
const engine = await Engine.start(settings, next<StartPolicy>(), tell);
prologue.close();
const handlers = new CommandHandlers(engine);
const policies = new PolicyReceiver();
const reply = (call: number, outcome: Outcome<unknown>) => send({ kind: 'reply', call, outcome });
const jobs = new JobQueue(reply);
const onMessage = (message: ToEngine) => {
  if ('cancelled' in message) return jobs.cancel(message.cancelled);
  const { call, name, params } = message;
  const begin = () => handlers.begin(name, policies.unpack(name, params) as never);
  const made = LONG.has(name) ? priority.ordinarily(begin) : begin();
  if (isJob(made)) jobs.add(call, made);
  else reply(call, made);
};
send({ kind: 'ready' });
// A daemon that is killed writes nothing at its end.
flushCompileCache();
runLoop({
  conntrackFd: engine.conntrackFd,
  rulesetFd: engine.rulesetFd,
  deniedFd: () => engine.packetLog.fd,
  namesFd: () => engine.names.fd,
  wakeFd: settings.wakeFd,
  neighbourFd: engine.quarantines.fd,
  port,
  feed: engine.feed,
  meter: engine.meter,
  priority,
  preload: engine.denyPreload,
  rehearsal: engine.rehearsal,
  jobs,
  onRuleset: (nowMs) => engine.keeper.onAnnouncements(nowMs),
  onNames: (nowMs) => engine.names.drain(nowMs),
  onDenied: (nowMs) => engine.denied.drain(nowMs),
  onNeighbours: (nowMs) => engine.quarantines.drain(nowMs),
  mendAt: () => engine.keeper.dueAt,
  mend: (nowMs) => engine.keeper.mendDue(nowMs),
  onMessage,
  followClock: (nowMs) => engine.clockFollower.glance(nowMs),
  chores: (nowMs) => engine.chores(nowMs),
  endTurn: () => {
    engine.latency.announce(tell);
    engine.journal.announce();
  },
  stopped: () => handlers.stopped,
});
engine.close();
port.close();
