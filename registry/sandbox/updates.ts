/** Updates of a registration (RFC 5731 section 3.2.5): they change what it says, and nothing of how it goes on. */
import type { UpdateHappening } from './facts.ts';
import type { DomainState, Frames, Segment } from './state.ts';

/** The same frames, each as the updates before it left it, and one more where an update falls into a frame. */
export function* updated(segments: Iterable<Segment>, updates: readonly UpdateHappening[]): Frames {
  let upTo = 0;
  const changed = (state: DomainState): DomainState => {
    if (state.kind !== 'registered') return state;
    const last = updates.slice(0, upTo).findLast(({ roid }) => roid === state.roid);
    if (!last) return state;
    return { ...state, nameservers: last.nameservers, updatedAt: Math.max(state.updatedAt ?? last.at, last.at) };
  };
  let held: DomainState = { kind: 'free' };
  const until = function* (end: number): Frames {
    for (let act = updates[upTo]; act && act.at < end; act = updates[upTo]) {
      upTo++;
      yield { from: act.at, state: changed(held) };
    }
  };
  for (const { from, state } of segments) {
    yield* until(from);
    held = state;
    yield { from, state: changed(state) };
  }
  yield* until(Infinity);
}
