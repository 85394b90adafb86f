/** The sandbox registry as a process: `node dist/registry/sandbox/main.js`. Exits with 78 where a setting or port cannot work. */
import { ConfigError, loadConfig } from '../../config.ts';
import { createLog } from '../../logging.ts';
import { loadPolicies } from '../policies/policies.ts';
import { startSandbox } from './sandbox.ts';

const EX_CONFIG = 78;

async function main(): Promise<void> {
  const config = loadConfig();
  if (!config.sandbox)
    throw new ConfigError('BACKORDER_SANDBOX: the sandbox registry is turned off; set it to 1 to run it');
  const policyOf = loadPolicies(config).of;
  const log = createLog({ name: 'sandbox', level: config.LOG_LEVEL });
  const { EPP_PORT: eppPort, RDAP_PORT: rdapPort, BIND_ADDRESS: host, SANDBOX_LATENCY_MS: latencyMs } = config;
  const onFailure = (error: unknown): never => {
    // At once, with the change unanswered: whether it was kept shows when its facts are read again.
    fail(`its facts can no longer be written (${codeOf(error)}); free its disk and start it again`, 1);
    process.exit();
  };
  const sandbox = await startSandbox({ home: config.home, host, eppPort, rdapPort, latencyMs, policyOf, onFailure });
  log.info({ host, epp: sandbox.eppPort, rdap: sandbox.rdapPort, latencyMs }, 'sandbox registry is up');
  const stop = (signal: string) => {
    log.info({ signal }, 'sandbox registry is closing');
    sandbox.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  const busy = error as NodeJS.ErrnoException & { port?: number };
  if (error instanceof ConfigError) fail(error.message, EX_CONFIG);
  else if (busy.code === 'EADDRINUSE')
    fail(`port ${busy.port} is taken: set EPP_PORT and RDAP_PORT to free ones, or stop what holds it`, EX_CONFIG);
  else fail(`the sandbox registry cannot start (${codeOf(error)})`, 1);
});

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : 'unknown');
}

function fail(line: string, code: number): void {
  process.stderr.write(`sandbox: ${line}\n`);
  process.exitCode = code;
}
