/** `npm run demo`: three customers of two registrars want one name. 110 days on a test clock, told as they happen. */
import { join } from 'node:path';
import { loadConfig } from '../config.ts';
import { loadRegistries, openGateways } from '../registry/registries.ts';
import { EngineClient } from './engine-client.ts';
import { freePorts } from './ports.ts';
import { startStack, type Stack } from './stack.ts';

const DAY_MS = 86_400_000;
const say = (line = '') => process.stdout.write(`${line}\n`);

interface Told {
  who: string;
  client: EngineClient;
  id: string;
  seen: number;
}

async function openStack(): Promise<Stack> {
  say('Starting the engine for the demo, on free ports and with data of its own …');
  const env = { ...(await freePorts()), BACKORDER_HOME: join('.data', 'demo') };
  return startStack({ env, say: (line) => say(`  ${line}`) });
}

/** Prints what is new in each timeline, in the order in which it was published. */
async function tellNews(reservations: Told[]): Promise<void> {
  for (const one of reservations) {
    const { data } = await one.client.must('GET', `/v1/reservations/${one.id}/events?limit=100`);
    for (const event of data.slice(one.seen).filter(({ type }: { type: string }) => !type.startsWith('notice.')))
      say(
        `  ${event.created.slice(0, 16).replace('T', ' ')}  ${one.who.padEnd(18)} ${event.type.padEnd(28)} ${inShort(event.data)}`,
      );
    one.seen = data.length;
  }
}

function inShort(data: { object?: Record<string, any> } & Record<string, any>): string {
  const { from, stage, reason, price, how } = { ...data.object, ...data } as Record<string, any>;
  if (from && stage) return `${from} → ${stage}`;
  if (price) return `for ${(price.amount / 100).toFixed(2)} ${price.currency}`;
  return [reason, how, stage].filter(Boolean)[0] ?? '';
}

async function reserve(client: EngineClient, who: string, name: string, customer: string): Promise<Told> {
  const body = {
    domain: name,
    customer: { id: customer, email: `${customer}@example.test`, name: who },
    budget: { amount: 20_000, currency: 'USD' },
  };
  const placed = await client.must('POST', '/v1/reservations', body);
  say(`  ${who} reserves ${name}: ${placed.id}, position ${placed.position}, ${placed.competitors} competitor(s)`);
  return { who, client, id: placed.id, seen: 0 };
}

async function story(stack: Stack): Promise<void> {
  const operator = new EngineClient(stack.urls.api, stack.config.adminKey);
  const start = Date.UTC(2026, 0, 1);
  const name = `sunrise-${Date.now().toString(36)}.test`;
  const north = await operator.registrar('Northern Names');
  const south = await operator.registrar('Southern Domains');

  say(`\nIt is ${new Date(start).toISOString()} on a test clock. Somebody holds ${name}, for thirty days more.`);
  const clock = await operator.must('POST', '/v1/test_clocks', {
    frozen_time: new Date(start).toISOString(),
    name: 'demo',
  });
  await operator.must('PUT', `/v1/sandbox/domains/${name}`, {
    registered_at: new Date(start - 335 * DAY_MS).toISOString(),
    expires_at: new Date(start + 30 * DAY_MS).toISOString(),
    owner: 'lets_go',
    award: 'in_order',
    test_clock: clock.id,
  });
  const reservations = [
    await reserve(north.client, 'Ada (Northern)', name, 'ada'),
    await reserve(south.client, 'Ben (Southern)', name, 'ben'),
    await reserve(north.client, 'Cleo (Northern)', name, 'cleo'),
  ];
  say(`\nWatch it in the Temporal UI: ${stack.urls.temporalUi}/namespaces/default/workflows/domain:${name}`);
  say(`The mailbox:                 ${stack.urls.mail}`);
  say(`The API:                     ${stack.urls.api}/v1/reservations/${reservations[0]?.id}`);

  say('\n110 days and the hours of the drop, as they happen:');
  const begun = Date.now();
  await operator.must('POST', `/v1/test_clocks/${clock.id}/advance`, {
    frozen_time: new Date(start + 111 * DAY_MS).toISOString(),
  });
  for (let ready = false; !ready;) {
    const { status } = await operator.must('GET', `/v1/test_clocks/${clock.id}`);
    if (status === 'internal_failure') throw new Error('the test clock stopped');
    ready = status === 'ready';
    await tellNews(reservations);
    if (!ready) await new Promise((resolve) => setTimeout(resolve, 150));
  }
  say(`\n111 days took ${((Date.now() - begun) / 1000).toFixed(1)} s.`);
  await ending(stack, reservations, name);
}

async function ending(stack: Stack, reservations: Told[], name: string): Promise<void> {
  for (const { who, client, id } of reservations) {
    const { status, outcome } = await client.must('GET', `/v1/reservations/${id}`);
    say(
      `  ${who.padEnd(18)} ${status}: ${outcome?.reason}   ${stack.urls.temporalUi}/namespaces/default/workflows/reservation:${id}`,
    );
  }
  const mails = (await (await fetch(`${stack.urls.mail}/api/messages`)).json()) as unknown[];
  say(`  ${mails.length} mails are in the mailbox.`);
  const gateways = openGateways(loadRegistries(loadConfig(stack.env), stack.env));
  const answer = await gateways.forTld('test')?.look(name);
  await gateways.close();
  if (answer?.kind !== 'registered') throw new Error(`the registry says that ${name} is ${answer?.kind}`);
  const { roid, sponsor, registeredAt, expiresAt } = answer.registration;
  say(`\nThe registry, asked by EPP info: ${name}`);
  say(
    `  ROID ${roid}, sponsored by ${sponsor}, from ${new Date(registeredAt).toISOString()} to ${new Date(expiresAt).toISOString()}`,
  );
}

async function main(): Promise<void> {
  const stack = await openStack();
  let failed: unknown;
  try {
    await story(stack);
    if (process.stdin.isTTY) {
      say('\nThe engine keeps running so that you can follow the links. Ctrl-C ends it.');
      await new Promise((resolve) => process.once('SIGINT', resolve));
    }
  } catch (error) {
    failed = error;
  }
  await stack.stop();
  if (failed) throw failed;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
