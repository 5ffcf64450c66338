/** Bounds the remembered uids: those whose DELETED event arrived before the response are never removed otherwise. */
const MAX_UIDS = 10_000;

/** The uids that a response reported as deleted, until the watch reports them too: they never reappear. */
export class DeletedUids {
  /** With the watch's version at that time. */
  readonly #uids = new Map<string, string | undefined>();

  add(uid: string, version: string | undefined): void {
    this.#uids.set(uid, version);
    const [oldest = uid] = this.#uids.keys();
    if (this.#uids.size > MAX_UIDS) this.#uids.delete(oldest);
  }

  has(uid: string): boolean {
    // V8 keeps a table of the strings that a map was asked for, and visits it in pauses. There are many uids, and few of these.
    return this.#uids.size > 0 && this.#uids.has(uid);
  }

  delete(uid: string): void {
    this.#uids.delete(uid);
  }

  /** A uid deleted before the watch's present version cannot be in a list, unless a backup was restored. */
  keepSince(version: string | undefined): void {
    for (const [uid, seen] of this.#uids) if (seen !== version) this.#uids.delete(uid);
  }

  clear(): void {
    this.#uids.clear();
  }
}
