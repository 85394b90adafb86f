/**
 * After the award: the registration becomes the winner's, with the winner's registrant and name servers. The registry is asked first
 * what it holds, before and after each command, so that an answer that was lost is never guessed; each command is written down with a
 * clTRID of its own before it leaves.
 */
import { createHash, randomBytes } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { codeOf, type ContactDetails, type Held } from '../registry/gateway.ts';
import { changeTo, meaningOfChange, type RegistrationChange, type WantedRegistration } from '../rules/registration.ts';
import { isAnother } from '../rules/stage.ts';
import type { SentCommand } from '../store/domains.ts';
import type { ReservationDoc } from '../store/reservations.ts';
import type { CatchDeps, RegistryAccess } from './deps.ts';
import { registryFor } from './registry.ts';

export interface RegistrationInput {
  catchId: string;
  name: string;
  tld: string;
  /** The winner: no more of who that is than this leaves the activity. */
  reservation: string;
  /** The registration that was caught. */
  roid: string;
  /** The test clock's now; real time where absent. */
  now?: number;
}

export interface LetGoInput {
  catchId: string;
  name: string;
  tld: string;
  /** The registration that was caught. */
  roid: string;
  /** Epoch ms by this machine's clock: not sent later. Absent where time stands still. */
  before?: number;
}

/** After so many answers without the change it is for people, or for later. */
const MOST_TRIES = 3;

export const registrationActivities = (deps: CatchDeps) => ({
  /** Answers once info shows the winner's registration, with how many commands that took. */
  async registerFor(input: RegistrationInput): Promise<{ commands: number }> {
    const access = registryFor(deps, input.tld);
    const reservation = await deps.store.findReservation(input.reservation);
    if (!reservation) throw ApplicationFailure.nonRetryable('an award without a reservation', 'InvariantViolation');
    const { wanted, commands } = await wantedFor(deps, access, input, reservation);
    const updates = await carryOut<RegistrationChange>({
      what: 'update',
      outstanding: () => outstanding(access, input, wanted),
      send: async (change) =>
        access.gateway.update({ name: input.name, ...change }, await noted(deps, input, 'domain:update')),
    });
    await confirm(deps, access, input);
    return { commands: commands + updates };
  },

  /** Nobody takes it: deleted while that costs nothing. Answers once info shows it gone, or on its way, with how many commands that took. */
  async letGo({ catchId, name, tld, roid, before }: LetGoInput): Promise<{ commands: number }> {
    const access = registryFor(deps, tld);
    // An arbiter that was ended by hand may have awarded it: what somebody paid for is not let go.
    if ((await deps.store.findCatch(catchId))?.awarded_to)
      throw ApplicationFailure.nonRetryable('it is somebody’s', 'InvariantViolation');
    const commands = await carryOut<true>({
      what: 'delete',
      async outstanding() {
        const held = await access.gateway.held(name);
        return held && isOurs(access, held, roid) && !held.statuses.includes('pendingDelete') ? true : undefined;
      },
      async send() {
        if (before !== undefined && deps.now() >= before)
          throw ApplicationFailure.nonRetryable('too late to be undone', 'add_grace_over');
        const command = { catchId, reservation: null };
        return access.gateway.delete(name, await noted(deps, command, 'domain:delete'));
      },
    });
    return { commands };
  },
});

export type RegistrationActivities = ReturnType<typeof registrationActivities>;

async function outstanding(
  { gateway, owns }: RegistryAccess,
  { name, roid }: RegistrationInput,
  wanted: WantedRegistration,
): Promise<RegistrationChange | undefined> {
  const held = await gateway.held(name);
  if (!held || !isOurs({ owns }, held, roid))
    throw ApplicationFailure.nonRetryable('the registration is not ours', 'registration_gone');
  if (held.statuses.includes('pendingUpdate')) throw later('update_pending');
  return changeTo(held, wanted);
}

const isOurs = ({ owns }: Pick<RegistryAccess, 'owns'>, held: Held, roid: string): boolean =>
  owns.includes(held.sponsor) && !isAnother(held, roid);

/** What info shows now that it is the winner's: what the winner is shown of it later, without asking the registry. */
async function confirm(
  deps: CatchDeps,
  { gateway }: RegistryAccess,
  { catchId, name, now = deps.now() }: RegistrationInput,
): Promise<void> {
  const held = await gateway.held(name);
  if (!held) return;
  const { nameservers, registrant = null } = held;
  await deps.store.confirmRegistration(catchId, { nameservers, registrant, at: now });
}

/** Nobody keeps the name servers that a name was caught with for another claim. */
async function wantedFor(
  deps: CatchDeps,
  access: RegistryAccess,
  input: RegistrationInput,
  { _id, registrant: given, nameservers = access.nameservers }: ReservationDoc,
): Promise<{ wanted: WantedRegistration; commands: number }> {
  const registrant = given as { handle: string } | ContactDetails | undefined;
  if (registrant && 'handle' in registrant)
    return { wanted: { nameservers, registrant: registrant.handle }, commands: 0 };
  if (registrant && access.keepsContacts) {
    const id = contactIdOf(_id, registrant);
    const commands = await makeContact(deps, access, input, id, registrant);
    return { wanted: { nameservers, registrant: id }, commands };
  }
  const ours = access.contacts.registrant;
  return { wanted: { nameservers, ...(ours !== undefined && { registrant: ours }) }, commands: 0 };
}

/** The same details of the same reservation are one contact, however often it is asked for; nobody reads a person from its id. */
const contactIdOf = (reservation: string, details: ContactDetails): string =>
  `bk${createHash('sha256')
    .update(JSON.stringify([reservation, details]))
    .digest('hex')
    .slice(0, 14)}`;

function makeContact(
  deps: CatchDeps,
  { gateway, owns }: RegistryAccess,
  input: RegistrationInput,
  id: string,
  details: ContactDetails,
): Promise<number> {
  const authInfo = randomBytes(16).toString('base64url');
  return carryOut<true>({
    what: 'contact',
    async outstanding() {
      const sponsor = await gateway.contactSponsor(id);
      if (sponsor === undefined) return true;
      if (!owns.includes(sponsor)) throw ApplicationFailure.nonRetryable('the contact is another’s', 'contact_taken');
      return undefined;
    },
    send: async () => gateway.createContact({ id, details, authInfo }, await noted(deps, input, 'contact:create')),
  });
}

interface Errand<Change> {
  what: 'update' | 'contact' | 'delete';
  /** What the registry does not show yet. */
  outstanding: () => Promise<Change | undefined>;
  send: (change: Change) => Promise<{ code: number }>;
}

/** Answers how many commands it took until the registry shows nothing more to do. */
async function carryOut<Change>({ what, outstanding: ask, send }: Errand<Change>): Promise<number> {
  let last: string | undefined;
  for (let commands = 0; ; commands++) {
    const change = await ask();
    if (change === undefined) return commands;
    if (commands === MOST_TRIES && last === 'done')
      throw ApplicationFailure.nonRetryable('accepted, and not shown', `${what}_not_shown`);
    if (commands === MOST_TRIES) throw later('registry_busy');
    const code = await codeOf(() => send(change));
    last = code === undefined ? 'unclear' : meaningOfChange(code);
    if (last === 'pending') throw later(`${what}_pending`);
    if (last === 'busy') throw later('registry_busy');
    if (last === 'refused')
      throw ApplicationFailure.nonRetryable(`the registry refuses the ${what}`, `${what}_refused_${code}`);
  }
}

const later = (type: string) => ApplicationFailure.retryable('the registry is asked again later', type);

/** The command is on record before its first byte leaves. */
async function noted(
  { store, now }: CatchDeps,
  { catchId, reservation }: { catchId: string; reservation: string | null },
  command: SentCommand['command'],
): Promise<string> {
  const cltrid = await store.noteCommand(catchId, { command, reservation, at: new Date(now()) });
  if (cltrid === null) throw ApplicationFailure.nonRetryable('an award without a catch', 'InvariantViolation');
  return cltrid;
}
