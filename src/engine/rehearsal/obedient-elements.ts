/** Set elements that nobody has: all that is asked goes well, and reads back as it was asked. */
import type { ElementChange, SetElement, SetElementsDriver } from 'node-nftables';

export class ObedientElements implements Pick<SetElementsDriver, 'apply' | 'get' | 'close'> {
  #last: SetElement | undefined;

  apply(changes: readonly ElementChange[]): boolean {
    this.#last = changes.at(-1)?.elements.at(-1);
    return true;
  }

  get(): SetElement | undefined {
    return this.#last;
  }

  close(): void {}
}
