/**
 * Which Temporal server this installation talks to, and as whom: one answer for the API, both kinds of workers and the dev
 * tools, whichever of the SDK's two connections they open. Settings are the SDK's own (TEMPORAL_ADDRESS, TEMPORAL_TLS_…,
 * TEMPORAL_API_KEY, profiles of TEMPORAL_CONFIG_FILE), so what works for the `temporal` command works here.
 */
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { devNull } from 'node:os';
import { createSecureContext } from 'node:tls';
import type { DataConverter } from '@temporalio/common';
import { normalizeGrpcEndpointAddress, type TLSConfig } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { loadClientConfigProfile, toClientOptions, type ClientConfigProfile } from '@temporalio/envconfig';
import { ConfigError, type Config } from '../config.ts';
import { sealing } from './sealing.ts';

export interface TemporalTarget {
  /** For `Connection` and `NativeConnection` alike. */
  connection: { address: string; tls?: TLSConfig | boolean; apiKey?: string; metadata?: Record<string, string> };
  namespace: string;
  /** For clients, workers and replay: with another one, what is sealed stays so. */
  dataConverter: DataConverter;
}

type Settings = Pick<
  Config,
  'embeddedTemporal' | 'temporalAddress' | 'TEMPORAL_NAMESPACE' | 'TEMPORAL_API_KEY' | 'payloadKeys'
>;

/** Throws ConfigError for what can be known to be wrong without a connection. */
export function temporalTarget(config: Settings, env: NodeJS.ProcessEnv = process.env): TemporalTarget {
  const dataConverter: DataConverter = { payloadCodecs: [sealing(config.payloadKeys)] };
  // A user's Temporal profile speaks of their server, never of the embedded one.
  if (config.embeddedTemporal)
    return { connection: { address: config.temporalAddress }, namespace: config.TEMPORAL_NAMESPACE, dataConverter };
  const { connectionOptions, namespace } = clientOptions(config, env);
  const { apiKey, tls, metadata } = connectionOptions;
  const address = connectionOptions.address ?? '';
  if (address === '')
    throw new ConfigError('TEMPORAL_ADDRESS: neither this variable nor the Temporal profile names a server');
  refuseUnreadable(address);
  return {
    connection: {
      address,
      ...(tls !== undefined && { tls: checked(tls as TLSConfig | boolean) }),
      ...(typeof apiKey === 'string' && { apiKey }),
      ...(metadata && { metadata: metadata as Record<string, string> }),
    },
    namespace: namespace ?? config.TEMPORAL_NAMESPACE,
    dataConverter,
  };
}

function refuseUnreadable(address: string): void {
  try {
    normalizeGrpcEndpointAddress(address, 7233);
  } catch {
    throw new ConfigError('TEMPORAL_ADDRESS: must be a host and a port, such as temporal.registrar.example:7233');
  }
}

function clientOptions(config: Settings, env: NodeJS.ProcessEnv): ReturnType<typeof toClientOptions> {
  // Compose files pass what is unset as empty; to the SDK an empty API key would be one. Only a header is unset by ''.
  const set: [string, string][] = Object.entries(env).flatMap(([name, value = '']) =>
    value !== '' || name.startsWith('TEMPORAL_GRPC_META_') ? [[name, value]] : [],
  );
  if (config.TEMPORAL_API_KEY !== undefined) set.push(['TEMPORAL_API_KEY', config.TEMPORAL_API_KEY]);
  const file = env['TEMPORAL_CONFIG_FILE'];
  // The SDK takes a file that is not there for an empty one, and stumbles over an empty one.
  if (file && !existsSync(file)) throw new ConfigError(`TEMPORAL_CONFIG_FILE: ${file} cannot be read (ENOENT)`);
  try {
    const profile = loadClientConfigProfile({
      disableFile: file === devNull,
      overrideEnvVars: Object.fromEntries(set),
    });
    refuseHalves(profile);
    return toClientOptions(profile);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code, path, message } = error as NodeJS.ErrnoException;
    const said = error instanceof TypeError ? 'there is no profile in it' : (message.split('\n')[0] ?? '');
    const what = path === undefined ? said : `${path} cannot be read (${code})`;
    throw new ConfigError(`Temporal's settings${file ? ` (TEMPORAL_CONFIG_FILE=${file})` : ''}: ${what}`);
  }
}

/** What the SDK would pass over in silence, leaving somebody to wonder why the server refuses them. */
function refuseHalves({ tls }: ClientConfigProfile): void {
  if ((tls?.clientCert === undefined) !== (tls?.clientKey === undefined))
    throw new ConfigError('TEMPORAL_TLS_CLIENT_CERT and TEMPORAL_TLS_CLIENT_KEY: one is set without the other');
}

function checked(tls: TLSConfig | boolean): TLSConfig | boolean {
  if (typeof tls === 'boolean') return tls;
  const { serverNameOverride, serverRootCACertificate, clientCertPair } = tls;
  const given = {
    ...(serverNameOverride !== undefined && { serverNameOverride }),
    ...(serverRootCACertificate && { serverRootCACertificate }),
    ...(clientCertPair && { clientCertPair }),
  };
  try {
    // A secure context passes over an authority that is none.
    if (serverRootCACertificate) new X509Certificate(Buffer.from(serverRootCACertificate));
    createSecureContext({
      ...(serverRootCACertificate && { ca: Buffer.from(serverRootCACertificate) }),
      ...(clientCertPair && { cert: Buffer.from(clientCertPair.crt), key: Buffer.from(clientCertPair.key) }),
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new ConfigError(`TEMPORAL_TLS: the certificates and the key cannot be used together (${code})`);
  }
  return given;
}
