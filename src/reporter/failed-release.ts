import { gunzipSync } from 'node:zlib';
import { MACHINE_NAME } from '../devmachine/schema/formats.ts';
import { API_VERSION, KIND } from '../devmachine/schema/manifest.ts';
import { specDigest } from '../devmachine/status/spec-digest.ts';
import type { Stored } from '../kube/cache/store.ts';
import { redact } from './redact.ts';

/** Why the cluster refused a machine's spec. Holds nothing else of the release. */
export interface Refusal {
  readonly namespace: string;
  readonly machine: string;
  readonly machineUid: string;
  /** The digest of the spec that was refused; see spec-digest.ts. */
  readonly specDigest: string;
  /** The cluster's words, without values of Secrets. */
  readonly words: string;
  /** When the release was tried (RFC 3339, whole seconds). */
  readonly at: string;
}

/** A Secret in which Helm stores a failed release. */
export interface FailedRelease extends Stored {
  /** Undefined if the release is not a machine's, or says nothing about the cause. */
  readonly refusal: Refusal | undefined;
}

interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

interface SecretObject {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly ownerReferences?: readonly OwnerReference[];
  };
  readonly data?: Readonly<Record<string, string>>;
}

/** helm.sh/helm/v3/pkg/release: Release. */
interface Release {
  readonly info: { readonly description: string; readonly last_deployed: string };
  /** The values: the spec, and `admin` with the administrator's settings. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly manifest: string;
  readonly hooks?: readonly { readonly manifest: string }[] | null;
}

/** Never throws: a Secret that Helm did not write must not end the watch. */
export function toFailedRelease(object: unknown): FailedRelease {
  const secret = object as SecretObject;
  const { namespace, name, uid, resourceVersion } = secret.metadata;
  let refusal: Refusal | undefined;
  try {
    refusal = toRefusal(secret);
  } catch {
    // Somebody else wrote it.
  }
  return { namespace, name, uid, resourceVersion, refusal };
}

function toRefusal({ metadata, data }: SecretObject): Refusal | undefined {
  const owner = metadata.ownerReferences?.find(isMachine);
  if (!owner) return undefined;
  const { info, config, manifest, hooks } = decode(data?.['release']);
  const cause = CAUSE.exec(info.description)?.[1];
  if (cause === undefined) return undefined;
  const { admin: _, ...spec } = config;
  const words = redact(cause, [manifest, ...(hooks ?? []).map((hook) => hook.manifest)]);
  return {
    namespace: metadata.namespace,
    machine: owner.name,
    machineUid: owner.uid,
    specDigest: specDigest(spec),
    words: words.slice(0, MAX_WORDS),
    at: toSeconds(info.last_deployed),
  };
}

/** The rest is the error of Kubernetes. What a failed rollback says is not why the upgrade failed. */
const CAUSE = /^(?:Upgrade|Release) "[^"]*" failed: (.+)$/s;
const MAX_WORDS = 1_000;
/** Far more than any release of the chart: a larger one was not written by Helm. */
const MAX_RELEASE_BYTES = 8 * 1024 * 1024;

/** The API server does not check the name in an owner reference, and it becomes part of a path. */
const isMachine = ({ apiVersion, kind, name }: OwnerReference): boolean =>
  apiVersion === API_VERSION &&
  kind === KIND &&
  name.length <= MACHINE_NAME.maxLength &&
  new RegExp(MACHINE_NAME.pattern).test(name);

/** One base64 is that of the Secret's data, the other one is Helm's (pkg/storage/driver/util.go). */
function decode(data = ''): Release {
  const bytes = Buffer.from(Buffer.from(data, 'base64').toString('latin1'), 'base64');
  return JSON.parse(gunzipSync(bytes, { maxOutputLength: MAX_RELEASE_BYTES }).toString('utf8'));
}

function toSeconds(time: string): string {
  const date = new Date(time);
  return `${(Number.isNaN(date.getTime()) ? new Date() : date).toISOString().slice(0, 19)}Z`;
}
