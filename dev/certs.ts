import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** The certificates of the development control plane: ECDSA P-256, for use on this machine only. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 24 * 60 * 60 * 1000;
const CA_DAYS = 10 * 365;
const LEAF_DAYS = 365;
/** A start replaces a leaf that expires within this time. */
const RENEW_DAYS = 30;

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface LeafRequest {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  /** DNS names and IP addresses. If there are any, the certificate is also a server certificate. */
  readonly hosts?: readonly string[];
}

export async function createCa(commonName: string): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [commonName] }],
    ...validFor(CA_DAYS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pem(certificate), key: await exportPrivateKey(keys.privateKey) };
}

export async function createLeaf(ca: KeyPair, request: LeafRequest): Promise<KeyPair> {
  const { commonName, organizations = [], hosts = [] } = request;
  const issuer = new x509.X509Certificate(ca.cert);
  const keys = await generateKeys();
  const usages: string[] = [x509.ExtendedKeyUsage.clientAuth];
  const extensions: x509.Extension[] = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
  ];
  if (hosts.length > 0) {
    usages.push(x509.ExtendedKeyUsage.serverAuth);
    extensions.push(new x509.SubjectAlternativeNameExtension(hosts.map(toGeneralName)));
  }
  extensions.push(new x509.ExtendedKeyUsageExtension(usages));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    // Structured, because a user name in a text would need escaping.
    subject: [{ CN: [commonName] }, ...organizations.map((organization) => ({ O: [organization] }))],
    issuer: issuer.subjectName.toJSON(),
    ...validFor(LEAF_DAYS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: await importPrivateKey(ca.key),
    extensions,
  });
  return { cert: pem(certificate), key: await exportPrivateKey(keys.privateKey) };
}

/** The key pair for service account tokens. The API server verifies them with the bare public key. */
export async function createSigningKeys(): Promise<{ publicKey: string; privateKey: string }> {
  const keys = await generateKeys();
  const spki = await webcrypto.subtle.exportKey('spki', keys.publicKey);
  return {
    publicKey: `${x509.PemConverter.encode(spki, 'PUBLIC KEY')}\n`,
    privateKey: await exportPrivateKey(keys.privateKey),
  };
}

/** Whether `ca` signed the leaf and the leaf does not expire soon. */
export async function isStillGood(leaf: KeyPair, ca: KeyPair, now = Date.now()): Promise<boolean> {
  const certificate = new x509.X509Certificate(leaf.cert);
  const { publicKey } = new x509.X509Certificate(ca.cert);
  if (certificate.notAfter.getTime() < now + RENEW_DAYS * DAY_MS) return false;
  return certificate.verify({ publicKey, signatureOnly: true });
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function importPrivateKey(key: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(key), ALGORITHM, false, ['sign']);
}

async function exportPrivateKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

/** Starts in the past, because the clocks of containers and virtual machines can differ from the host's. */
function validFor(days: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + days * DAY_MS) };
}

/** Positive and without a leading zero byte, as DER requires. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

function toGeneralName(host: string): x509.JsonGeneralName {
  return { type: /^[\d.]+$|:/.test(host) ? 'ip' : 'dns', value: host };
}
