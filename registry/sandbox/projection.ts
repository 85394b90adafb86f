/** What is true of a name at an instant: a pure projection of its facts, in the name's own time. */
import type { DomainFacts } from './facts.ts';
import { film } from './film.ts';
import type { DomainState, Segment } from './state.ts';

/** A name kept for good has no last frame; this many show that it is. */
const MAX_FRAMES = 24;
/** Stages shown ahead by the control API. */
const MAX_STAGES = 8;

/** The segment that holds at `now`, and when the next one begins; null where nothing more will happen. */
export function segmentAt(facts: DomainFacts, now: number): { from: number; until: number | null; state: DomainState } {
  let current: Segment = { from: -Infinity, state: { kind: 'free' } };
  for (const segment of film(facts)) {
    if (segment.from > now) return { ...current, until: segment.from };
    current = segment;
  }
  return { ...current, until: null };
}

export function project(facts: DomainFacts, now: number): DomainState {
  return segmentAt(facts, now).state;
}

/** The first instant after `now` at which `project` answers something else, null where there is none. */
export function nextTransition(facts: DomainFacts, now: number): number | null {
  return segmentAt(facts, now).until;
}

/** The instant the scripted registration is purged, null where it is kept. */
export function purgeOf(facts: DomainFacts): number | null {
  let roid: string | undefined;
  let frames = 0;
  for (const { from, state } of film(facts)) {
    if (state.kind === 'hidden') continue;
    const current = state.kind === 'registered' ? state.roid : undefined;
    if (frames > 0 && current !== roid) return from;
    if (++frames > MAX_FRAMES) break;
    roid = current;
  }
  return null;
}

export interface StageShown {
  stage: string;
  /** Epoch ms, null for "always was". */
  from: number | null;
  to: number | null;
}

/** The film's next frames, from its first. */
export function stagesOf(facts: DomainFacts): StageShown[] {
  const shown: StageShown[] = [];
  for (const { from, state } of film(facts)) {
    const last = shown.at(-1);
    if (last) last.to = from;
    if (shown.length === MAX_STAGES) break;
    shown.push({ stage: stageName(state), from: Number.isFinite(from) ? from : null, to: null });
  }
  return shown;
}

/** The words of `rules/stage.ts`, as far as the registry itself can know them. */
export function stageName(state: DomainState): string {
  if (state.kind !== 'registered') return state.kind === 'free' ? 'available' : state.kind;
  if (state.rgp.includes('pendingRestore')) return 'pending_restore';
  if (state.rgp.includes('redemptionPeriod')) return 'redemption';
  if (state.statuses.includes('pendingDelete')) return 'pending_delete';
  if (state.rgp.includes('autoRenewPeriod')) return 'auto_renew_grace';
  return 'registered';
}
