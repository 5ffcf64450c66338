import type { StatusUpdate } from '../../../src/devmachine/machines.ts';
import type { StatusDocument } from '../../../src/devmachine/status/status-document.ts';
import type { Delta, Stored } from '../../../src/kube/cache/store.ts';

/** What a subscriber knows that has nothing but what it is told; and what it was told wrongly. */
export class Shadow<T extends Stored> {
  readonly what: string;
  readonly items = new Map<string, T>();
  readonly wrongs: string[] = [];
  /** Versions that it was told of as present. */
  #told = new Set<string>();
  #mayRepeat = false;

  constructor(what: string) {
    this.what = what;
  }

  /** While the cluster itself goes back in time, what was there once may come again. */
  set mayRepeat(may: boolean) {
    // From then on it gives versions out that it has given out before, and an object may get one of its own again.
    if (this.#mayRepeat && !may) this.#told = new Set([...this.items.values()].map(versionOf));
    this.#mayRepeat = may;
  }

  readonly listen = ({ type, item }: Delta<T>): void => {
    const key = `${item.namespace}/${item.name}`;
    const known = this.items.get(key);
    const version = versionOf(item);
    const wrong = (why: string) => this.wrongs.push(`${this.what} ${key}: ${type} ${version}, ${why}`);
    if (type === 'added' && known) wrong(`which was there as ${known.uid}@${known.resourceVersion}`);
    if (type !== 'added' && known?.uid !== item.uid) wrong(`and it had ${known?.uid ?? 'none'}`);
    if (type === 'deleted') {
      this.items.delete(key);
      return;
    }
    if (this.#told.has(version) && !this.#mayRepeat) wrong('told twice');
    this.#told.add(version);
    this.items.set(key, item);
  };
}

const versionOf = ({ uid, resourceVersion }: Stored): string => `${uid}@${resourceVersion}`;

/** The same for statuses. */
export class StatusShadow {
  readonly documents = new Map<string, StatusDocument>();
  readonly wrongs: string[] = [];

  readonly listen = ({ type, document }: StatusUpdate): void => {
    const key = `${document.namespace}/${document.name}`;
    const known = this.documents.get(key);
    if (type === 'deleted') {
      if (!known) this.wrongs.push(`status ${key}: deleted, and it was not there`);
      this.documents.delete(key);
      return;
    }
    if (known?.version === document.version)
      this.wrongs.push(`status ${key}: ${document.version} told twice`);
    this.documents.set(key, document);
  };
}
