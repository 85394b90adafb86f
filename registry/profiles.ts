/**
 * How a registry wants its sessions treated, by the name a configuration gives. Read 2026-11-23 in the registries'
 * published rules; a name not listed gets the default, which is careful everywhere.
 */
export interface RegistryProfile {
  /** Half the idle limit at most. */
  keepAliveMs: number;
  /** Under the limit of a session's life. */
  sessionMs: number;
  /** Sessions an accreditation may hold, where published. */
  maxSessions?: number;
  /** Creates a second on one session, where published. */
  createsPerSecond?: number;
  /** Questions a second by those who only want to know, and polls a second by EPP; few where nobody says more is welcome. */
  questionsPerSecond?: number;
  /** RDAP lookups a second its host allows us, where known. */
  rdapPerSecond?: number;
  /** Whether it keeps contacts of registrants. Where absent: where one of ours is configured. */
  keepsContacts?: boolean;
  /** How old a copy of its drop list may be. Lists are published daily or nightly. */
  dropListHeldMs: number;
}

/** Where a profile says nothing else. */
export const QUESTIONS_PER_SECOND = 4;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DEFAULT: RegistryProfile = {
  keepAliveMs: 2 * MINUTE_MS,
  sessionMs: 23 * HOUR_MS,
  dropListHeldMs: 10 * MINUTE_MS,
};

const PROFILES: ReadonlyMap<string, RegistryProfile> = new Map([
  // A name scripted a moment ago is on its list at once.
  ['sandbox', { ...DEFAULT, dropListHeldMs: 0, keepsContacts: true, rdapPerSecond: 1_000, questionsPerSecond: 1_000 }],
  // 100 sessions, idle 300 s.
  ['co', { ...DEFAULT, maxSessions: 100 }],
  // The drop server: 10 connections, one create a second on each; a breach costs 10 s, and stacks.
  ['nz', { ...DEFAULT, maxSessions: 10, createsPerSecond: 1 }],
  // 4 sessions, idle 5 min, 100 commands a minute with login and logout.
  ['ee', { ...DEFAULT, maxSessions: 4, createsPerSecond: 1, questionsPerSecond: 0.5 }],
  // Idle 10 min, a session lasts 5 days at most.
  ['lv', { ...DEFAULT, keepAliveMs: 5 * MINUTE_MS, sessionMs: 4 * 24 * HOUR_MS }],
]);

export function profileOf(name: string): RegistryProfile {
  return PROFILES.get(name.toLowerCase()) ?? DEFAULT;
}
