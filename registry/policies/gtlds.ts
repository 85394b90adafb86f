/** Generic TLDs: their life cycle is a matter of ICANN's contracts, their drop of each operator's habits. */
import type { ShippedEntry } from './schema.ts';

const READ = { read_on: '2026-11-23' } as const;
const AGREEMENTS = { ...READ, confidence: 'published', source: 'registry agreements' } as const;

/** ICANN's rules: what every gTLD has in common. */
const GTLD = {
  grace: { days: [0, 45], ...AGREEMENTS, source: 'registry agreements; RFC 3915 autoRenewPeriod' },
  redemption: {
    days: 30,
    ...READ,
    source: 'ICANN Expired Registration Recovery Policy (updated 2024-02-21); RFC 3915',
    confidence: 'published',
  },
  pending_delete: { days: 5, ...AGREEMENTS },
  add_grace: { days: 5, ...AGREEMENTS },
  restore_rights: {
    days: 0,
    ...AGREEMENTS,
    source: 'RFC 3915 section 2: a name is restored in redemption alone',
    note: 'once it is purged nobody has rights in it by having had it',
  },
} satisfies Partial<ShippedEntry>;

/** Verisign's daily batch, as two studies saw it. */
const VERISIGN = {
  ...GTLD,
  drop: {
    kind: 'ordered_batch',
    schedule: { every: 'day', zone: 'America/New_York', times: ['14:00'], minutes: 60 },
    ...READ,
    source: 'Lauinger et al., IMC 2018; Game of Registrars, USENIX Security 2017',
    confidence: 'measured',
  },
  list: {
    to: 'registrars',
    tells: 'instant',
    ...READ,
    source: 'Game of Registrars, USENIX Security 2017',
    confidence: 'measured',
    note: 'five days ahead; the list names the day, the order of the batch gives the instant',
  },
} satisfies Partial<ShippedEntry>;

const IN_2016 = {
  ...READ,
  source: 'drop-time tables of 2016',
  confidence: 'outdated',
  note: 'ten years old and not seen confirmed',
} as const;
const UNLISTED = { to: 'nobody', ...READ, source: 'drop-time tables of 2016', confidence: 'outdated' } as const;

const batchOf2016 = (time: string): ShippedEntry['drop'] => ({
  kind: 'batch',
  schedule: { every: 'day', zone: 'Etc/UTC', times: [time], minutes: 'unknown' },
  ...IN_2016,
});

export const GTLDS: ShippedEntry[] = [
  { tld: 'com', ...VERISIGN },
  { tld: 'net', ...VERISIGN },
  { tld: 'org', ...GTLD, drop: batchOf2016('14:30'), list: UNLISTED },
  {
    tld: 'biz',
    ...GTLD,
    drop: batchOf2016('17:00'),
    list: UNLISTED,
  },
  {
    // About 250 more TLDs of this operator are sold alike: an entry with `like: "info"` is all one takes.
    tld: 'info',
    ...GTLD,
    drop: {
      kind: 'batch',
      schedule: { every: 'day', zone: 'unknown', times: 'unknown', minutes: 'unknown' },
      way_in_for_some: {
        en: 'Some names do not drop: the registry, Identity Digital, gives them away itself through Dropzone, its application window for registrars.',
        de: 'Manche Namen werden nicht freigegeben: Die Registry, Identity Digital, vergibt sie selbst über Dropzone, ihr Antragsverfahren für Registrare.',
      },
      ...READ,
      source: 'Identity Digital: daily batch, Dropzone',
      confidence: 'third_party',
    },
    list: { to: 'nobody', ...READ, source: 'Identity Digital: daily batch, Dropzone', confidence: 'third_party' },
  },
  {
    // The sandbox follows .com.
    tld: 'test',
    ...VERISIGN,
    list: {
      to: 'everyone',
      tells: 'instant',
      ...READ,
      source: 'the sandbox registry of this project',
      confidence: 'published',
    },
  },
];
