/** `fetch.js [test]`: fetches the embedded servers before anything waits for them; with `test`, what workflow tests need, printing its path. */
import { mongoServer } from './fetch-mongo.ts';
import { temporalCli, timeSkippingServer } from './fetch-temporal.ts';
import { toxiproxy } from './fetch-toxiproxy.ts';

async function main(): Promise<void> {
  if (process.argv[2] === 'test') return void process.stdout.write(`${await timeSkippingServer()}\n`);
  await Promise.all([temporalCli(), mongoServer(), timeSkippingServer(), toxiproxy()]);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(69);
});
