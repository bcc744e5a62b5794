/** Notes of recorded flows, each text held once. Bounded: a file may have another note on every line. */

const MAX_NOTES = 65_536;
const MAX_LENGTH = 200;

export class NoteList {
  readonly #texts: (string | null)[] = [null];
  readonly #ids = new Map<string, number>();
  #unkept = 0;

  /** Notes that were not kept because the list was full. */
  get unkept(): number {
    return this.#unkept;
  }

  /** 0 for no note, and for one that the list has no room for. Long ones are cut. */
  idOf(note: string | null): number {
    if (note === null || note === '') return 0;
    const text = note.length > MAX_LENGTH ? note.slice(0, MAX_LENGTH) : note;
    return this.#ids.get(text) ?? this.#add(text);
  }

  noteOf(id: number): string | null {
    return this.#texts[id];
  }

  #add(text: string): number {
    if (this.#texts.length > MAX_NOTES) {
      this.#unkept++;
      return 0;
    }
    const id = this.#texts.push(text) - 1;
    this.#ids.set(text, id);
    return id;
  }
}
