/** What takes traffic past the rules: flowtables, of whatever table. Told with each quarantine. */
import { ConntrackDecodeError, ConntrackKernelError } from '../conntrack/errors.ts';

/** Flowtables come and go with other people's rulesets. */
const KNOWN_FOR_MS = 5_000;

export class Offload {
  readonly #list: () => readonly string[];
  #gaps: readonly string[] = [];
  #knownUntil = 0;

  /** `list`: names of flowtables. */
  constructor(list: () => readonly string[]) {
    this.#list = list;
  }

  /** Sentences for a person; none when there is nothing to tell. */
  get gaps(): readonly string[] {
    if (performance.now() >= this.#knownUntil) {
      this.#gaps = this.#look();
      this.#knownUntil = performance.now() + KNOWN_FOR_MS;
    }
    return this.#gaps;
  }

  #look(): string[] {
    try {
      const tables = this.#list();
      if (tables.length === 0) return [];
      return [
        `flowtable ${tables.slice(0, 5).join(', ')} takes connections past all rules; those of the host are taken out by deleting their conntrack entries, which Linux before 6.4 refuses: there they go on until they are idle`,
      ];
    } catch (error) {
      const isKnown = error instanceof ConntrackKernelError || error instanceof ConntrackDecodeError;
      if (!isKnown) throw error;
      return [`whether a flowtable takes connections past all rules is not known: ${error.message}`];
    }
  }
}
