/** What the registration of an awarded name must become, and what a registry's answer to a change means (RFC 5730 section 3). */
export interface WantedRegistration {
  nameservers: readonly string[];
  /** The handle of a contact; absent: whoever it is now. */
  registrant?: string;
}

/** What one `<domain:update>` carries (RFC 5731 section 3.2.5). */
export interface RegistrationChange {
  add: string[];
  remove: string[];
  registrant?: string;
}

/** Undefined where it is all as wanted. */
export function changeTo(
  held: { nameservers: readonly string[]; registrant?: string },
  wanted: WantedRegistration,
): RegistrationChange | undefined {
  const [has, wants] = [namesOf(held.nameservers), namesOf(wanted.nameservers)];
  const add = wants.filter((host) => !has.includes(host));
  const remove = has.filter((host) => !wants.includes(host));
  const { registrant } = wanted;
  const isAnothers = registrant !== undefined && registrant !== held.registrant;
  if (add.length === 0 && remove.length === 0 && !isAnothers) return undefined;
  return { add, remove, ...(isAnothers && { registrant }) };
}

const namesOf = (hosts: readonly string[]): string[] => [
  ...new Set(hosts.map((host) => host.toLowerCase().replace(/\.$/, ''))),
];

export type ChangeMeaning =
  | 'done'
  /** 1001: accepted, and carried out later. */
  | 'pending'
  /** Carried out or not: the registry is asked what it holds. */
  | 'unclear'
  | 'busy'
  /** Will not change by trying again. */
  | 'refused';

export function meaningOfChange(code: number): ChangeMeaning {
  switch (code) {
    case 1000:
      return 'done';
    case 1001:
      return 'pending';
    case 2400:
    case 2500:
      return 'unclear';
    case 2502:
      return 'busy';
    default:
      return code < 2000 ? 'unclear' : 'refused';
  }
}
