/** The policy's part of the table in memory, whose elements of @allowN count. */
import type { SetElement } from 'node-nftables';
import type { Change } from '../../../../src/enforcement/desired-state.ts';
import { elementId, type KernelElement } from '../../../../src/enforcement/element.ts';
import { EnforcementError } from '../../../../src/enforcement/errors.ts';
import type { SetName } from '../../../../src/enforcement/sets.ts';

export class FakeTable {
  /** By id. */
  readonly elements = new Map<string, KernelElement>();
  readonly packets = new Map<string, number>();
  /** Changes until one is refused. */
  takes = Number.POSITIVE_INFINITY;

  apply({ add, remove }: Change): void {
    if (this.takes-- <= 0) throw new EnforcementError('change elements', new Error('ENOMEM'));
    for (const { id } of remove) if (!this.elements.delete(id)) throw new Error(`${id} is not there`);
    for (const element of add) {
      if (this.elements.has(element.id)) throw new Error(`${element.id} is there already`);
      this.elements.set(element.id, element);
      this.packets.set(element.id, 0);
    }
  }

  readList(name: SetName): SetElement[] {
    return [...this.elements.values()].filter(({ set }) => set === name).map((each) => this.#asRead(each));
  }

  read({ set, key, keyEnd }: Pick<KernelElement, 'set' | 'key' | 'keyEnd'>): SetElement | undefined {
    const element = this.elements.get(elementId(set, key, keyEnd));
    return element && this.#asRead(element);
  }

  #asRead({ id, key, keyEnd, value }: KernelElement): SetElement {
    const counter = { packets: this.packets.get(id) ?? 0, bytes: 0 };
    return { key, ...(keyEnd && { keyEnd }), ...(value && { value }), counter };
  }
}
