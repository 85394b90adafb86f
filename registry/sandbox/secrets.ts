/**
 * The sandbox's own certificate authority, certificates, passwords and control token, made once under
 * `$BACKORDER_HOME/sandbox`. Only the sandbox's process makes them; the authority's key is thrown away at once.
 */
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { ACCREDITATIONS, sandboxPaths } from './paths.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const VALID_MS = 10 * 365 * 86_400_000;
/** RFC 5730's pwType allows 16 characters. */
const PASSWORD_BYTES = 12;

export interface SandboxSecrets {
  ca: Buffer;
  serverCert: Buffer;
  serverKey: Buffer;
  passwords: Record<string, string>;
  controlToken: string;
}

/** Makes what is missing, then reads it all. Safe to call again. */
export async function ensureSandboxSecrets(home: string): Promise<SandboxSecrets> {
  const paths = sandboxPaths(home);
  await mkdir(paths.root, { recursive: true, mode: 0o700 });
  const passwords: Record<string, string> = {};
  for (const clid of ACCREDITATIONS) passwords[clid] = await secretAt(paths.client(clid).password, PASSWORD_BYTES);
  const controlToken = await secretAt(paths.controlToken, 32);
  // The folder appears whole or not at all, so whoever reads it never sees half of a set.
  if (!existsSync(paths.tls)) await makeCertificates(paths.tls);
  const [ca, serverCert, serverKey] = await Promise.all(
    [paths.ca, paths.serverCert, paths.serverKey].map((path) => readFile(path)),
  );
  return {
    ca: ca as Buffer,
    serverCert: serverCert as Buffer,
    serverKey: serverKey as Buffer,
    passwords,
    controlToken,
  };
}

async function secretAt(path: string, bytes: number): Promise<string> {
  if (!existsSync(path)) {
    const half = `${path}.${process.pid}`;
    await writeFile(half, `${randomBytes(bytes).toString('base64url')}\n`, { mode: 0o600 });
    await rename(half, path);
  }
  return (await readFile(path, 'utf8')).trim();
}

async function makeCertificates(folder: string): Promise<void> {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
  const half = `${folder}.${process.pid}`;
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { mode: 0o700 });
  const authority = await keyPair();
  const validity = { notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + VALID_MS) };
  const issuer = 'CN=backorder sandbox authority';
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: issuer,
    ...validity,
    keys: authority,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  const issue = async (
    file: string,
    commonName: string,
    usage: x509.ExtendedKeyUsage,
    names: x509.JsonGeneralName[],
  ) => {
    const keys = await keyPair();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: `CN=${commonName}`,
      issuer,
      ...validity,
      publicKey: keys.publicKey,
      signingKey: authority.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
        await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
    await writeFile(join(half, `${file}.key`), x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') + '\n', { mode: 0o600 });
    await writeFile(join(half, `${file}.crt`), certificate.toString('pem') + '\n');
  };
  await writeFile(join(half, 'ca.crt'), root.toString('pem') + '\n');
  await issue('server', 'localhost', x509.ExtendedKeyUsage.serverAuth, [
    { type: 'dns', value: 'localhost' },
    { type: 'ip', value: '127.0.0.1' },
  ]);
  await issue('client', 'backorder', x509.ExtendedKeyUsage.clientAuth, []);
  await issue('rival', 'rival', x509.ExtendedKeyUsage.clientAuth, []);
  await rename(half, folder);
}

async function keyPair(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

/** Positive, as DER reads its first bit as a sign. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
