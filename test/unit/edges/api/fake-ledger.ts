import type { LedgerView, Page } from '../../../../src/edges/api/ledger-view.ts';
import type { Entry, EntryDraft } from '../../../../src/ledger/entry.ts';
import { decision, incident, NOON, POLICY_TEXT, revision, STATUS } from './samples.ts';

const page = <T>(items: T[], numberOf: (item: T) => number, { before, limit }: Page): T[] =>
  items
    .toSorted((x, y) => numberOf(y) - numberOf(x))
    .filter((item) => before === undefined || numberOf(item) < before)
    .slice(0, limit);
const idNumber = ({ id }: { id: string }) => Number(id.slice(1));

export class FakeLedger implements LedgerView {
  readonly log: Entry[] = [];
  readonly #incidents = [1, 2, 3].map((number) => incident(number));
  readonly #decisions = [decision(1), decision(2, { state: 'pending' }), decision(3)];
  readonly #revisions = [1, 2].map((number) => revision(number));

  headSeq() {
    return this.log.length;
  }
  append(...drafts: EntryDraft[]) {
    for (const draft of drafts) {
      const seq = this.log.length + 1;
      this.log.push({ ...draft, seq, atMs: NOON, subject: null, previousHash: '', hash: '' } as Entry);
    }
  }
  entries(after: number, limit: number) {
    return this.log.slice(after, after + limit);
  }
  incidents({ state, ...rest }: Parameters<LedgerView['incidents']>[0]) {
    return page(
      this.#incidents.filter((i) => state === undefined || i.state === state),
      idNumber,
      rest,
    );
  }
  incident(id: string) {
    return this.#incidents.find((i) => i.id === id);
  }
  decisions({ state, incident, ...rest }: Parameters<LedgerView['decisions']>[0]) {
    const wanted = this.#decisions.filter(
      (d) =>
        (state === undefined || d.state === state) && (incident === undefined || d.incident === incident),
    );
    return page(wanted, idNumber, rest);
  }
  decision(id: string) {
    return this.#decisions.find((d) => d.id === id);
  }
  revisions(rest: Page) {
    return page(this.#revisions, ({ number }) => number, rest);
  }
  revision(wanted: number) {
    return this.#revisions.find(({ number }) => number === wanted);
  }
  policySources(digest: string) {
    if (digest !== STATUS.policy.digest) return undefined;
    return { entry: 'policy.yaml', files: [{ name: 'policy.yaml', text: POLICY_TEXT }] };
  }
}
