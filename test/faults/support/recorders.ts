import type { StatusUpdate } from '../../../src/devmachine/machines.ts';
import type { StatusDocument } from '../../../src/devmachine/status/status-document.ts';
import type { Delta } from '../../../src/kube/cache/listeners.ts';
import type { Stored } from '../../../src/kube/cache/store.ts';

/** Builds a copy of a store from its deltas alone, and records deltas that do not fit the copy. */
export class DeltaRecorder<T extends Stored> {
  readonly kind: string;
  readonly items = new Map<string, T>();
  readonly violations: string[] = [];
  /** The versions that were reported as added or modified. */
  #reported = new Set<string>();
  #allowRepeats = false;

  constructor(kind: string) {
    this.kind = kind;
  }

  /** Allow the same version again, while the cluster is restored from a backup. */
  set allowRepeats(allowed: boolean) {
    // A restored cluster assigns versions again that it assigned before the restore: forget those.
    if (this.#allowRepeats && !allowed) this.#reported = new Set([...this.items.values()].map(versionOf));
    this.#allowRepeats = allowed;
  }

  readonly onDelta = ({ type, item }: Delta<T>): void => {
    const key = `${item.namespace}/${item.name}`;
    const known = this.items.get(key);
    const version = versionOf(item);
    const violation = (reason: string) =>
      this.violations.push(`${this.kind} ${key}: ${type} ${version}, ${reason}`);
    if (type === 'added' && known) violation(`already added as ${versionOf(known)}`);
    if (type !== 'added' && known?.uid !== item.uid) violation(`known uid: ${known?.uid ?? 'none'}`);
    if (type === 'deleted') {
      this.items.delete(key);
      return;
    }
    if (this.#reported.has(version) && !this.#allowRepeats) violation('reported twice');
    this.#reported.add(version);
    this.items.set(key, item);
  };
}

const versionOf = ({ uid, resourceVersion }: Stored): string => `${uid}@${resourceVersion}`;

/** The same for status documents. */
export class StatusRecorder {
  readonly documents = new Map<string, StatusDocument>();
  readonly violations: string[] = [];

  readonly onUpdate = ({ type, document }: StatusUpdate): void => {
    const key = `${document.namespace}/${document.name}`;
    const known = this.documents.get(key);
    if (type === 'deleted') {
      if (!known) this.violations.push(`status ${key}: deleted, but unknown`);
      this.documents.delete(key);
      return;
    }
    if (known?.version === document.version)
      this.violations.push(`status ${key}: ${document.version} reported twice`);
    this.documents.set(key, document);
  };
}
