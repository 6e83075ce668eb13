/**
 * Certificates for a private cluster: a CA, and the certificates that it signs. ECDSA with P-256 and SHA-256, X.509 v3 (RFC
 * 5280). The only file that uses the X.509 library.
 */

import 'reflect-metadata';
import { createPrivateKey, createPublicKey, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

/** PEM texts. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

/** The period in which a certificate is valid. */
export interface Life {
  readonly from: Date;
  readonly to: Date;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const { keyCertSign, cRLSign, digitalSignature } = x509.KeyUsageFlags;
const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;

/** A new CA, with a new key. */
export async function newAuthority(commonName: string, life: Life): Promise<Certified> {
  const keys = await newKeys();
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    ...fields(life),
    name: nameOf(commonName),
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return certified(cert, keys);
}

/**
 * A certificate and its key for a host with these `names`, DNS names and IP addresses, usable on both sides of a
 * connection. Throws when `authority` is no key and certificate of this kind.
 */
export async function issue(
  authority: Certified,
  commonName: string,
  names: readonly string[],
  life: Life,
): Promise<Certified> {
  const root = new x509.X509Certificate(authority.cert);
  const signing = await importKeys(authority.key);
  const keys = await newKeys();
  const cert = await x509.X509CertificateGenerator.create({
    ...fields(life),
    subject: nameOf(commonName),
    issuer: root.subjectName,
    publicKey: keys.publicKey,
    signingKey: signing.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([serverAuth, clientAuth]),
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }))),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(signing.publicKey),
    ],
  });
  return certified(cert, keys);
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function importKeys(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const key = createPrivateKey(pem);
  const secret = key.export({ type: 'pkcs8', format: 'der' });
  const open = createPublicKey(pem).export({ type: 'spki', format: 'der' });
  return {
    privateKey: await webcrypto.subtle.importKey('pkcs8', secret, ALGORITHM, false, ['sign']),
    publicKey: await webcrypto.subtle.importKey('spki', open, ALGORITHM, true, ['verify']),
  };
}

function fields({ from, to }: Life) {
  const serial = randomBytes(16);
  // Positive and of full length, as RFC 5280 requires.
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40;
  return { serialNumber: serial.toString('hex'), notBefore: from, notAfter: to, signingAlgorithm: ALGORITHM };
}

/** As a structure: a text of a hostfile is never parsed as a distinguished name. At most 64 characters. */
function nameOf(commonName: string): x509.JsonName {
  return [{ CN: [commonName.slice(0, 64)] }];
}

async function certified(cert: x509.X509Certificate, { privateKey }: webcrypto.CryptoKeyPair): Promise<Certified> {
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY');
  return { cert: `${cert.toString('pem')}\n`, key: `${key}\n` };
}
