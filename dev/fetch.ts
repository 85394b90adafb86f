/**
 * `fetch.js [test|foreign]`: fetches the embedded servers before anything waits for them; with `test`, what workflow tests
 * need, printing its path; with `foreign`, the servers we are only tested against.
 */
import { mongoServer } from './fetch-mongo.ts';
import { rdapServer } from './fetch-rdap.ts';
import { temporalCli, timeSkippingServer } from './fetch-temporal.ts';
import { toxiproxy } from './fetch-toxiproxy.ts';

async function main(): Promise<void> {
  if (process.argv[2] === 'test') return void process.stdout.write(`${await timeSkippingServer()}\n`);
  if (process.argv[2] === 'foreign') return void (await rdapServer());
  await Promise.all([temporalCli(), mongoServer(), timeSkippingServer(), toxiproxy()]);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(69);
});
