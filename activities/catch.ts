/**
 * Catching a name: creates against the registry until it is ours, another's, or the window is over. The intent is written down before
 * the first byte, each attempt has a clTRID of its own, and after every unclear answer the registry is asked who owns the name first.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { OutcomeUnknown, RegistryUnreachable } from '../registry/gateway.ts';
import { catchId, meaningOf, ownershipOf, PATIENCE_MS, pauseMs, type Ownership } from '../rules/catch.ts';
import { identityOf, type RegistryAnswer } from '../rules/stage.ts';
import type { DropWindow } from '../rules/tlds.ts';
import { nothingTried, withAnswer, type CreateAnswer, type Tried } from '../rules/tried.ts';
import type { CatchDoc, Caught } from '../store/domains.ts';
import type { CatchDeps, RegistryAccess } from './deps.ts';
import { registryFor } from './registry.ts';

export interface CatchInput {
  name: string;
  tld: string;
  registry: string;
  /** Whom the create is for: it carries that reservation's name servers, and its handle where no registrant is configured. */
  reservation: string;
  roidBefore?: string;
  window: Pick<DropWindow, 'earliest' | 'latest'>;
  /** The test clock's now: one burst at this instant, and no waiting. Real time where absent. */
  now?: number;
}

export type CatchOutcome =
  | ({ kind: 'won'; catchId: string } & Caught & { tried: Tried })
  /** `registeredAt` is the registry's, 0 where it told none. */
  | { kind: 'taken'; by: string; registeredAt: number; tried: Tried }
  /** Still the registration that was there before: not yet freed, or kept. */
  | { kind: 'not_dropped'; tried: Tried };

const ATTEMPTS_AT_A_TIME = 10_000;
const ASK_OWNER_EVERY_MS = 1_000;

export const catchActivities = (deps: CatchDeps) => ({
  async catchName(input: CatchInput): Promise<CatchOutcome> {
    const access = registryFor(deps, input.tld);
    const catchDoc = await intended(deps, input);
    const catcher = new Catcher(deps, access, input, catchDoc);
    const context = Context.current();
    const beating = setInterval(() => context.heartbeat(catcher.tried), 1_000);
    try {
      return await catcher.run();
    } finally {
      clearInterval(beating);
    }
  },
});

export type CatchActivities = ReturnType<typeof catchActivities>;

/** Its intent, as it was written down first. A registration that its registry brought back may drop again, and that is another catch. */
async function intended({ store, now }: CatchDeps, { name, registry, roidBefore }: CatchInput): Promise<CatchDoc> {
  for (let again = 0; ; again++) {
    const _id = catchId(name, roidBefore, again);
    const [roid_before, cltrid_prefix, started] = [roidBefore ?? null, clTRIDPrefix(_id), new Date(now())];
    const doc = await store.intendCatch({ _id, name, registry, roid_before, cltrid_prefix, started });
    if (doc.watch?.ended !== 'taken_back') return doc;
  }
}

/** Short, printable, and tells ops which name it was for only by its hash (clTRID: 3 to 64 characters, RFC 5730 section 2.5). */
const clTRIDPrefix = (id: string): string => `bk-${createHash('sha256').update(id).digest('hex').slice(0, 16)}`;

class Catcher {
  private readonly deps: CatchDeps;
  private readonly access: RegistryAccess;
  private readonly input: CatchInput;
  private readonly doc: CatchDoc;
  private readonly authInfo = randomBytes(16).toString('base64url');
  /** What a lost worker had told of its tries is taken over; what it had not told yet is not known. */
  tried: Tried = triedBefore();
  private next = 0;
  private reserved = 0;
  private askedOwnerAt = 0;

  constructor(deps: CatchDeps, access: RegistryAccess, input: CatchInput, doc: CatchDoc) {
    this.deps = deps;
    this.access = access;
    this.input = input;
    this.doc = doc;
  }

  /** An earlier attempt, here or on a lost worker, may already have succeeded: that is asked before anything is sent. */
  async run(): Promise<CatchOutcome> {
    if (this.doc.caught) return this.won(this.doc.caught);
    const settled = await this.settle();
    if (settled) return settled;
    const reservation = await this.deps.store.findReservation(this.input.reservation);
    const { contacts, nameservers, gateway } = this.access;
    const registrant = contacts.registrant ?? (reservation?.registrant as { handle?: string } | undefined)?.handle;
    const request = {
      name: this.input.name,
      periodYears: 1,
      ...(registrant !== undefined && { registrant }),
      contacts: { ...(contacts.admin && { admin: contacts.admin }), ...(contacts.tech && { tech: contacts.tech }) },
      nameservers: reservation?.nameservers ?? nameservers,
      authInfo: this.authInfo,
    };
    for (;;) {
      const now = this.now();
      const over = now >= this.input.window.latest + (this.input.now === undefined ? PATIENCE_MS : 0);
      const outcome = await this.attempt(async () => gateway.create(request, await this.clTRID()), over);
      if (outcome) return outcome;
      if (this.input.now !== undefined || over) return { kind: 'not_dropped', tried: this.tried };
      await this.pause(pauseMs(this.deps.now(), this.input.window));
    }
  }

  /** One create and what its answer means; undefined: try again while the window lasts. */
  private async attempt(create: () => Promise<{ code: number }>, over: boolean): Promise<CatchOutcome | undefined> {
    let code: number;
    const sentAt = this.now();
    const answered = (what: CreateAnswer) => void (this.tried = withAnswer(this.tried, what, sentAt));
    try {
      code = (await create()).code;
    } catch (error) {
      if (error instanceof RegistryUnreachable) {
        answered('not_reached');
        return this.later(200, 'registry_unreachable');
      }
      if (!(error instanceof OutcomeUnknown)) throw error;
      answered('no_answer');
      return this.settle();
    }
    const meaning = meaningOf(code);
    // A refusal is about the claim that the create was for: that one alone hears of it, by what needs attention.
    if (meaning !== 'refused') answered(code);
    switch (meaning) {
      case 'created':
      case 'pending':
      case 'unclear':
        return this.settle();
      case 'exists':
        return this.mayBeTaken() ? this.settle() : undefined;
      case 'busy':
        return this.later(1_000, 'registry_busy');
      case 'withheld':
        if (over) throw refused(code, this.tried);
        if (this.input.now === undefined) await this.pause(1_000);
        return undefined;
      case 'refused':
        throw refused(code, this.tried);
    }
  }

  /** Who owns it, asked until the registry answers: while that is unknown nothing is charged and nothing is tried elsewhere. */
  private async settle(): Promise<CatchOutcome | undefined> {
    const ownership = await this.ownership();
    switch (ownership.kind) {
      case 'ours': {
        const { roid, sponsor, registeredAt, expiresAt } = ownership;
        const caught = { roid, sponsor, registeredAt, expiresAt };
        await this.deps.store.recordCaught(this.doc._id, caught);
        return this.won(caught);
      }
      case 'others':
        return { kind: 'taken', by: ownership.sponsor, registeredAt: ownership.registeredAt, tried: this.tried };
      case 'not_dropped':
      case 'undecided':
      case 'nobody':
      case 'withheld':
        return undefined;
    }
  }

  private async ownership(): Promise<Ownership> {
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 5_000)) {
      try {
        this.askedOwnerAt = this.deps.now();
        const askedAt = this.now();
        const answer = await this.access.gateway.look(this.input.name);
        this.noteHeld(answer, askedAt);
        return ownershipOf(answer, this.access.owns, this.input.roidBefore);
      } catch (error) {
        if (!(error instanceof RegistryUnreachable)) throw error;
        await this.pause(waitMs);
      }
    }
  }

  private noteHeld(answer: RegistryAnswer, askedAt: number): void {
    const isOld = answer.kind === 'registered' && identityOf(answer.registration) === this.input.roidBefore;
    if (isOld && this.input.roidBefore !== undefined) this.tried = { ...this.tried, heldAt: askedAt };
  }

  /** By the clock that the name lives under. */
  private now(): number {
    return this.input.now ?? this.deps.now();
  }

  /** Time on a test clock does not pass while the registry is away: there the whole burst is tried again. */
  private async later(waitMs: number, type: string): Promise<undefined> {
    if (this.input.now !== undefined) throw ApplicationFailure.retryable('the registry takes no create now', type);
    await this.pause(waitMs);
  }

  /** A 2302 says only that somebody has it. Before the drop that is the old owner; afterwards it is worth asking, not each time. */
  private mayBeTaken(): boolean {
    if (this.input.now !== undefined) return true;
    return this.deps.now() >= this.input.window.earliest && this.deps.now() - this.askedOwnerAt >= ASK_OWNER_EVERY_MS;
  }

  private won(caught: Caught): CatchOutcome {
    return { kind: 'won', catchId: this.doc._id, ...caught, tried: this.tried };
  }

  /** A clTRID is never used twice, not even by a worker that died: numbers are taken from the store before they are used. */
  private async clTRID(): Promise<string> {
    if (this.next >= this.reserved) {
      this.next = await this.deps.store.takeAttempts(this.doc._id, ATTEMPTS_AT_A_TIME);
      this.reserved = this.next + ATTEMPTS_AT_A_TIME;
    }
    return `${this.doc.cltrid_prefix}-${this.next++}`;
  }

  private pause(ms: number): Promise<void> {
    return ms <= 0 ? Promise.resolve() : this.deps.sleep(ms, Context.current().cancellationSignal);
  }
}

const refused = (code: number, tried: Tried) =>
  ApplicationFailure.nonRetryable('the registry refuses the create', `create_refused_${code}`, tried);

function triedBefore(): Tried {
  const { attempt, heartbeatDetails } = Context.current().info;
  return attempt === 1
    ? nothingTried
    : { ...nothingTried, ...(heartbeatDetails as Tried | undefined), complete: false };
}
