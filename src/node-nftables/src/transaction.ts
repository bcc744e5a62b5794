/** Collects commands, which are then checked or carried out together: all or nothing. */
import type {
  Addition,
  ChainRename,
  Command,
  Deletion,
  Flush,
  PlacedRule,
  Rule,
  RuleRef,
} from './document/index.ts';

/** Carries out the commands of one transaction. */
export interface CommandRunner {
  /** @throws NftablesError; then nothing was changed */
  run(commands: readonly Command[]): void;
  /** As `run`, but nothing is changed either way. @throws NftablesError */
  check(commands: readonly Command[]): void;
}

export class Transaction {
  readonly #runner: CommandRunner;
  readonly #commands: Command[] = [];

  constructor(runner: CommandRunner) {
    this.#runner = runner;
  }

  get commands(): readonly Command[] {
    return this.#commands;
  }

  /** May be there already. A rule is added behind the others of its chain. */
  add(addition: Addition): this {
    return this.#push({ add: addition });
  }

  /** Must not be there yet. */
  create(addition: Addition): this {
    return this.#push({ create: addition });
  }

  /** Must be there. A rule is told by its handle. */
  delete(deletion: Deletion): this {
    return this.#push({ delete: deletion });
  }

  flush(flush: Flush): this {
    return this.#push({ flush });
  }

  /** Add a rule before the others of its chain. */
  insert(rule: PlacedRule): this {
    return this.#push({ insert: { rule } });
  }

  replace(rule: Rule & RuleRef): this {
    return this.#push({ replace: { rule } });
  }

  rename(chain: ChainRename): this {
    return this.#push({ rename: { chain } });
  }

  /** Let nft and the kernel check it against the ruleset as it is now. @throws NftablesError */
  check(): void {
    this.#runner.check(this.#commands);
  }

  /** @throws NftablesError; then nothing was changed */
  run(): void {
    this.#runner.run(this.#commands);
  }

  #push(command: Command): this {
    this.#commands.push(command);
    return this;
  }
}
