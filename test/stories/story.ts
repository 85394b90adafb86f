/** What a story needs: registrars with keys, names with a life, and eyes on the registry, the mailbox and Temporal. Over the real wires only. */
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { loadConfig } from '../../config.ts';
import { EngineClient } from '../../dev/engine-client.ts';
import { loadRegistries, openGateways, type Gateways } from '../../registry/registries.ts';
import { sandboxControl, type SandboxControl } from '../../registry/sandbox/control.ts';
import { temporalTarget } from '../../temporal/target.ts';
import { attachStack, type AttachedStack } from '../stack/stack.ts';

export const DAY_MS = 86_400_000;
export const START = Date.UTC(2026, 0, 1);

export const iso = (at: number): string => new Date(at).toISOString();

/** Different in each run and test, so that stories share a stack and nothing else. */
let counter = 0;
export const fresh = (word: string): string =>
  `${word}-${process.pid.toString(36)}${Date.now().toString(36)}${(counter++).toString(36)}`;

interface Mailed {
  message_id: string;
  subject: string;
  text: string;
  /** File names. */
  attachments: string[];
}

export class Story {
  readonly stack: AttachedStack;
  readonly adminKey: string;
  readonly operator: EngineClient;
  readonly temporal: Client;
  readonly sandbox: SandboxControl;
  private readonly gateways: Gateways;

  private constructor(stack: AttachedStack, temporal: Client) {
    this.stack = stack;
    const config = loadConfig(stack.env);
    this.adminKey = config.adminKey;
    this.operator = new EngineClient(stack.urls.api, config.adminKey);
    this.temporal = temporal;
    this.sandbox = sandboxControl({ home: config.home, port: config.RDAP_PORT });
    this.gateways = openGateways(loadRegistries(config, stack.env));
  }

  static async open(): Promise<Story> {
    const stack = await attachStack();
    const { connection: options, ...target } = temporalTarget(loadConfig(stack.env), stack.env);
    return new Story(stack, new Client({ connection: await Connection.connect(options), ...target }));
  }

  async close(): Promise<void> {
    await this.gateways.close();
    await this.temporal.connection.close();
  }

  async clock(by: EngineClient = this.operator): Promise<string> {
    const { id } = await by.must('POST', '/v1/test_clocks', { frozen_time: iso(START) });
    // Workers that have just started take a moment until they answer for it.
    await by.until(`/v1/test_clocks/${id}`, ({ status }) => status === 'ready');
    return id;
  }

  /** A name on a clock, thirty days before its owner's expiry. */
  async name(clock: string, extra: object = {}): Promise<string> {
    const name = `${fresh('name')}.test`;
    await this.put(name, { test_clock: clock, ...extra });
    return name;
  }

  put(name: string, story: object): Promise<any> {
    return this.operator.must('PUT', `/v1/sandbox/domains/${name}`, {
      registered_at: iso(START - 335 * DAY_MS),
      expires_at: iso(START + 30 * DAY_MS),
      // What is no story of an auction is awarded in order.
      award: 'in_order',
      ...story,
    });
  }

  /** A name in real time whose drop is that near. */
  async dropping(inMs: number, extra: object = {}): Promise<{ name: string; at: number }> {
    const name = `${fresh('soon')}.test`;
    const at = Date.now() + inMs;
    await this.operator.must('PUT', `/v1/sandbox/domains/${name}`, { drops_at: iso(at), award: 'in_order', ...extra });
    return { name, at };
  }

  /** Resolves once an activity of this type, of any without one, has begun its `attempt`th try, and is not done. */
  async tried(workflow: string, activity: string | undefined, attempt: number): Promise<void> {
    const giveUpAt = Date.now() + 40_000;
    for (;;) {
      const pending = await this.pending(workflow, activity);
      if (pending !== undefined && pending >= attempt) return;
      if (Date.now() > giveUpAt)
        throw new Error(`${workflow} did not come to try ${attempt} of ${activity ?? 'anything'}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The try an activity is at; undefined while it does not run, or its workflow has not begun. */
  private async pending(workflow: string, activity: string | undefined): Promise<number | undefined> {
    try {
      const { raw } = await this.temporal.workflow.getHandle(workflow).describe();
      const tries = raw.pendingActivities?.filter(({ activityType }) => !activity || activityType?.name === activity);
      return tries?.length ? Math.max(...tries.map((pending) => pending.attempt ?? 0)) : undefined;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }

  /** Moves a clock to so many days after the start, and waits until all have settled. */
  async advanceTo(clock: string, day: number): Promise<void> {
    await this.operator.must('POST', `/v1/test_clocks/${clock}/advance`, { frozen_time: iso(START + day * DAY_MS) });
    await this.settled(clock);
  }

  /** It stands, and whoever was spoken to while it stood has acted on that. */
  settled(clock: string): Promise<unknown> {
    return this.operator.until(
      `/v1/test_clocks/${clock}`,
      ({ status, waiting_for }: { status: string; waiting_for: string[] }) =>
        status !== 'advancing' && (status !== 'ready' || waiting_for.length === 0),
      120_000,
    );
  }

  info(name: string) {
    return this.registry().look(name);
  }

  /** What its sponsor is told of a name by EPP. */
  held(name: string) {
    return this.registry().held(name);
  }

  hasAuthInfo(name: string, authInfo: string) {
    return this.registry().hasAuthInfo(name, authInfo);
  }

  contactSponsor(id: string) {
    return this.registry().contactSponsor(id);
  }

  private registry() {
    const gateway = this.gateways.forTld('test');
    if (!gateway) throw new Error('the sandbox is off');
    return gateway;
  }

  /** Creates the registry accepted from anybody. */
  async accepted(name: string): Promise<{ clid: string; at: number }[]> {
    return (await this.sandbox.book(name)).entries.filter(({ code }) => code === 1000);
  }

  async mailsTo(address: string): Promise<Mailed[]> {
    const response = await fetch(`${this.stack.urls.mail}/api/messages?to=${encodeURIComponent(address)}`);
    return ((await response.json()) as Mailed[]).toReversed();
  }
}

export const body = (domain: string, customer: string, extra: object = {}) => ({
  domain,
  customer: { id: customer, email: `${customer}@example.test` },
  budget: { amount: 20_000, currency: 'USD' },
  ...extra,
});

/** Answered 202 by a machine that is slow to find its place, it is read until it has one. */
export async function reserve(
  by: EngineClient,
  domain: string,
  customer = fresh('cus'),
  extra: object = {},
): Promise<any> {
  const placed = await by.must('POST', '/v1/reservations', body(domain, customer, extra));
  return placed.status === 'placed' ? reaches(by, placed.id, { status: 'waiting' }) : placed;
}

export const read = (by: EngineClient, id: string): Promise<any> => by.must('GET', `/v1/reservations/${id}`);

/** Why a request was refused: at once, or after a 202 of a machine that is slow to ask the registry and the queue. */
export async function refusalOf(by: EngineClient, request: object): Promise<string> {
  const { body: answer } = await by.post('/v1/reservations', request);
  if (answer.status !== 'placed') return answer.code;
  return (await reaches(by, answer.id, { status: 'rejected' })).outcome.reason;
}

/** What is told to one is told to the others a moment later, unless a clock was waited for: so a reservation is awaited. */
export const reaches = (by: EngineClient, id: string, wanted: Record<string, unknown>): Promise<any> =>
  by.until(`/v1/reservations/${id}`, (seen: Record<string, unknown>) =>
    Object.entries(wanted).every(([field, value]) => seen[field] === value),
  );

/** What happened, without what became of the notices of it. */
export const timeline = async (by: EngineClient, id: string): Promise<string[]> =>
  (await types(by, id)).filter((type) => !type.startsWith('notice.'));

export async function types(by: EngineClient, id: string): Promise<string[]> {
  const { data } = await by.must('GET', `/v1/reservations/${id}/events?limit=100`);
  return data.map(({ type }: { type: string }) => type);
}
