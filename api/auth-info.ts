/**
 * The authInfo of a name that was won: made here, set at the registry, shown to its winner once, and kept nowhere. That it was asked for
 * is on record before a byte leaves, and that it was shown before it is.
 */
import type { Inquiry } from '../registry/inquiries.ts';
import { newAuthInfo } from '../registry/auth-info.ts';
import { codeOf, RegistryUnreachable } from '../registry/gateway.ts';
import { meaningOfChange } from '../rules/registration.ts';
import { askAuthInfo, findCatch, giveUpAuthInfo, noteCommand, showAuthInfo, type CatchDoc } from '../store/domains.ts';
import { problem, type Problem } from './problems.ts';

const MOST_TRIES = 2;
/** Under what a call may take: what its caller has given up is not shown to nobody. */
const WITHIN_MS = 7_000;

interface Asked {
  caught: CatchDoc;
  reservation: string;
  inquiry: Inquiry;
  now(): number;
}

export async function showOnce({ caught, reservation, inquiry, now }: Asked): Promise<string | Problem> {
  const id = caught._id;
  if (!(await askAuthInfo(id, now()))) return refusal(id);
  const authInfo = newAuthInfo();
  const until = now() + WITHIN_MS;
  const note = () => noteCommand(id, { command: 'domain:update', reservation, at: new Date(now()) });
  const isLate = () => now() >= until;
  const refused = await set({ inquiry, name: caught.name, authInfo, note, isLate });
  if (refused) {
    await giveUpAuthInfo(id);
    return refused;
  }
  return (await showAuthInfo(id, now())) ? authInfo : problem('auth_info_shown');
}

async function refusal(id: string): Promise<Problem> {
  const shown = (await findCatch(id))?.auth_info?.shown;
  return shown ? problem('auth_info_shown') : problem('auth_info_in_progress', { retryAfterS: 5 });
}

interface Setting {
  inquiry: Inquiry;
  name: string;
  authInfo: string;
  /** Puts the command on record, and answers its clTRID. */
  note(): Promise<string | null>;
  isLate(): boolean;
}

/** Set and confirmed, or why not. After an answer that was lost the registry is asked first. */
async function set({ inquiry, name, authInfo, note, isLate }: Setting): Promise<Problem | undefined> {
  try {
    for (let tries = 0; tries < MOST_TRIES && !isLate(); tries++) {
      const clTRID = await note();
      if (clTRID === null) return problem('not_won');
      const code = await codeOf(() => inquiry.setAuthInfo(name, authInfo, clTRID));
      if (code !== undefined && meaningOfChange(code) === 'refused') return problem('auth_info_refused');
      if ((await inquiry.hasAuthInfo(name, authInfo)) && !isLate()) return undefined;
    }
  } catch (error) {
    if (!(error instanceof RegistryUnreachable)) throw error;
  }
  return problem('registry_unavailable', { retryAfterS: 5 });
}
