/**
 * Formats of the string fields. Two engines run each pattern: ECMAScript in unicode mode (request validation) and Go's
 * RE2 (CRD, Helm). So a pattern has no look-around and no `\s` or `\w`, which differ between the two. It must run in
 * linear time: Ajv matches a string of any length before it reports maxLength.
 */

const label = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const pathSegment = String.raw`(\.?[^/:.\x00-\x1f\x7f][^/:\x00-\x1f\x7f]*|\.\.[^/:\x00-\x1f\x7f]+)`;
/** Greater than zero and without a sign: 2, 0.5, 500m, 4Gi, 1e3 (k8s.io/apimachinery/pkg/api/resource). */
const positiveNumber = String.raw`(0*[1-9][0-9]*(\.[0-9]*)?|0*\.0*[1-9][0-9]*)`;
const imageName = '[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*';
const imageHost = '[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?';

export const QUANTITY = {
  pattern: `^${positiveNumber}([KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]{1,2})?$`,
  maxLength: 32,
} as const;

/** A DNS-1035 label of at most 53 characters, because the name is also the name of the Helm release. */
export const MACHINE_NAME = { pattern: '^[a-z]([-a-z0-9]*[a-z0-9])?$', minLength: 1, maxLength: 53 } as const;

export const DNS_LABEL = { pattern: `^${label}$`, maxLength: 63 } as const;

/** A DNS-1123 subdomain: the format of most Kubernetes object names. */
export const OBJECT_NAME = {
  pattern: String.raw`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`,
  maxLength: 253,
} as const;

/** At least two labels. The last one starts with a letter, so that IP addresses do not match. */
export const HOST_NAME = {
  pattern: String.raw`^(${label}\.)+[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`,
  maxLength: 253,
} as const;

/** An absolute path without `.`, `..`, a trailing slash, or a colon (mountPath must not contain one). */
export const MOUNT_PATH = { pattern: `^(/${pathSegment})+$`, maxLength: 1024 } as const;

/** Without the characters that separate or quote mount options. */
const plainSegment = String.raw`(\.?[-A-Za-z0-9_=+@][-A-Za-z0-9._=+@]*|\.\.[-A-Za-z0-9._=+@]+)`;

export const DRIVER_PATH = { pattern: `^(/|(/${plainSegment})+)$`, maxLength: 1024 } as const;

export const DRIVER_NAME = { pattern: OBJECT_NAME.pattern, maxLength: 63 } as const;

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

/** A qualified name, such as a label key: `example.com/name`. With `?`, the prefix is optional: `name`. */
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

/** An argument or variable of a process: any text without NUL, which ends a C string. */
export const PROCESS_TEXT = { pattern: String.raw`^[^\x00]*$` } as const;

/** RFC 3339, with seconds and an optional fraction. */
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

/** A host name, or an IPv4 or IPv6 address. */
export const NETWORK_HOST = {
  pattern: '^[A-Za-z0-9:]([-A-Za-z0-9.:]*[A-Za-z0-9:])?$',
  maxLength: 253,
} as const;
