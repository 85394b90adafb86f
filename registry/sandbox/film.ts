/**
 * A name's life as a film: each state from the instant it begins, in order, without an end. Nothing flips a state when its
 * time comes; the film says what is true when, and whoever asks looks at the frame of now.
 */
import { followedBy, inOrder, type Scene } from './acts.ts';
import { scripted } from './course.ts';
import type { DomainFacts } from './facts.ts';
import type { DomainState, Frames, Segment } from './state.ts';
import { updated } from './updates.ts';

/** Codes that say nobody can have the name (RFC 5730 section 3): reserved, or against policy. */
const WITHHOLDING = [2304, 2306];

/** Ends only where a name is free for good. Neighbours differ, and none is empty. */
export function* film(facts: DomainFacts): Frames {
  let held: Segment | undefined;
  let shown: DomainState | undefined;
  const updates = facts.happened.filter((act) => act.kind === 'update');
  for (const next of updated(frames(facts), updates)) {
    if (!held) held = next;
    else if (next.from <= held.from) held = { from: held.from, state: next.state };
    else {
      if (!same(held.state, shown)) yield held;
      shown = held.state;
      held = next;
    }
  }
  if (held && !same(held.state, shown)) yield held;
}

function same(one: DomainState, other: DomainState | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

const freeOf = ({ story }: DomainFacts): DomainState => ({
  kind: WITHHOLDING.includes(story?.create_result ?? 0) ? 'withheld' : 'free',
});

function firstScene({ name, story }: DomainFacts, free: DomainState): Scene {
  if (story) return { course: () => scripted(name, story, free) };
  return { course: () => only({ from: -Infinity, state: free }) };
}

function* only(segment: Segment): Frames {
  yield segment;
}

function* frames(facts: DomainFacts): Frames {
  const free = freeOf(facts);
  let scene = firstScene(facts, free);
  let since = -Infinity;
  for (const act of inOrder(facts)) {
    yield* between(scene, since, act.at);
    scene = followedBy(facts, scene, act, free) ?? scene;
    since = act.at;
  }
  yield* between(scene, since, Infinity);
}

/** What a scene shows, from what holds at its first instant. */
function* between({ course, shown }: Scene, since: number, until: number): Frames {
  if (shown) return yield { from: since, state: shown };
  let before: DomainState | undefined;
  for (const segment of course()) {
    if (segment.from > until) break;
    if (segment.from <= since) before = segment.state;
    else {
      if (before) yield { from: since, state: before };
      before = undefined;
      yield segment;
    }
  }
  if (before) yield { from: since, state: before };
}

/** The first act of a script that does not fit where the name stands by then; undefined where all do. */
export function unfitting(facts: DomainFacts): number | undefined {
  const free = freeOf(facts);
  let scene = firstScene(facts, free);
  for (const act of inOrder(facts)) {
    const next = followedBy(facts, scene, act, free);
    if (!next && !('kind' in act)) return facts.story?.happens?.indexOf(act);
    scene = next ?? scene;
  }
  return undefined;
}
