/**
 * The text formats of the machine's fields. Each pattern is read by two engines, ECMAScript's in unicode mode (request
 * validation) and Go's RE2 (CRD, Helm): no look-around, no `\s` or `\w` (they differ), and nothing that backtracks
 * worse than linearly, because an over-long string is matched too before it is refused.
 */

const label = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const pathSegment = String.raw`(\.?[^/:.\x00-\x1f\x7f][^/:\x00-\x1f\x7f]*|\.\.[^/:\x00-\x1f\x7f]+)`;
/** Above zero, without a sign: 2, 0.5, 500m, 4Gi, 1e3 (k8s.io/apimachinery/pkg/api/resource). */
const positiveNumber = String.raw`(0*[1-9][0-9]*(\.[0-9]*)?|0*\.0*[1-9][0-9]*)`;
const imageName = '[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*';
const imageHost = '[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?';

export const QUANTITY = {
  pattern: `^${positiveNumber}([KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]{1,2})?$`,
  maxLength: 32,
} as const;

/** The name of a Helm release: a DNS-1035 label of at most 53 characters. */
export const MACHINE_NAME = { pattern: '^[a-z]([-a-z0-9]*[a-z0-9])?$', minLength: 1, maxLength: 53 } as const;

export const DNS_LABEL = { pattern: `^${label}$`, maxLength: 63 } as const;

/** DNS-1123 subdomain: what most Kubernetes objects are named by. */
export const OBJECT_NAME = {
  pattern: String.raw`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`,
  maxLength: 253,
} as const;

/** At least two labels, the last of which begins with a letter, so that no IP address passes for a name. */
export const HOST_NAME = {
  pattern: String.raw`^(${label}\.)+[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`,
  maxLength: 253,
} as const;

/** An absolute path without `.` and `..`, colons (the kubelet's separator) or a slash at its end. */
export const MOUNT_PATH = { pattern: `^(/${pathSegment})+$`, maxLength: 1024 } as const;

export const EXPORT_PATH = { pattern: `^(/|(/${pathSegment})+)$`, maxLength: 1024 } as const;

/** `[host[:port]/]name[:tag][@digest]` (github.com/distribution/reference). */
export const IMAGE = {
  pattern:
    `^(${imageHost}(\\.${imageHost})*(:[0-9]{1,5})?/)?${imageName}(/${imageName})*` +
    '(:[A-Za-z0-9_][-A-Za-z0-9_.]{0,127})?' +
    '(@[A-Za-z][A-Za-z0-9]*([-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$',
  minLength: 1,
  maxLength: 512,
} as const;

/** A qualified name, as label keys and extended resources are: `example.com/name` or, where `prefix` is `?`, `name`. */
const qualifiedName = (prefix: '' | '?') =>
  `^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)${prefix}[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`;

export const LABEL_KEY = { pattern: qualifiedName('?'), maxLength: 317 } as const;

export const LABEL_VALUE = {
  pattern: '^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$',
  maxLength: 63,
} as const;

export const RESOURCE_NAME = { pattern: qualifiedName(''), maxLength: 253 } as const;

export const SECRET_KEY = { pattern: '^[-._a-zA-Z0-9]+$', maxLength: 253 } as const;

export const ENV_NAME = { pattern: '^[-._a-zA-Z][-._a-zA-Z0-9]*$', maxLength: 253 } as const;

/** What a process can be handed: any text but the NUL that ends a C string. */
export const PROCESS_TEXT = { pattern: String.raw`^[^\x00]*$` } as const;

/** RFC 3339, to the second or finer. */
export const TIMESTAMP = {
  pattern:
    '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]' +
    String.raw`(\.[0-9]{1,9})?(Z|[-+]([01][0-9]|2[0-3]):[0-5][0-9])$`,
  maxLength: 35,
} as const;

export const S3_BUCKET = { pattern: '^[a-z0-9][-.a-z0-9]{1,61}[a-z0-9]$', maxLength: 63 } as const;

export const S3_REGION = { pattern: '^[-a-z0-9]+$', maxLength: 64 } as const;

export const S3_PREFIX = { pattern: String.raw`^[^\x00-\x1f\x7f]*$`, maxLength: 1024 } as const;

export const HTTP_URL = {
  pattern: '^https?://[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[-A-Za-z0-9._~/%]*)?$',
  maxLength: 512,
} as const;

/** A host name or an IP address of either family. */
export const NETWORK_HOST = {
  pattern: '^[A-Za-z0-9:]([-A-Za-z0-9.:]*[A-Za-z0-9:])?$',
  maxLength: 253,
} as const;
