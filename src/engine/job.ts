/**
 * A command that takes longer than an event of the kernel may wait (a listing that looks through a table) is a job: it
 * yields after each few ten microseconds of work, and what it has found may have changed when it goes on. It must not
 * change anything itself.
 */
export type Job<T> = Generator<void, T>;

/** Whether a command is under way, and has not been done at once. */
export function isJob<T extends object, R>(made: T | Job<R>): made is Job<R> {
  return Symbol.iterator in made;
}

/** All of it without a pause, where nobody waits. */
export function finish<T>(job: Job<T>): T {
  for (;;) {
    const step = job.next();
    if (step.done) return step.value;
  }
}
