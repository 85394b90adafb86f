/**
 * Causes that move a name × the stage in which they strike × the rules it lives by: each life ends in the right status, and is told as the
 * registry made it. Here each cause under .com, in the first stage in which it can strike, and under the first TLD of every other drop mode
 * the way to the drop; `npm run test:lives` lives them all.
 */
import { hasRace, type TldPolicy } from '../../rules/tlds.ts';
import { CAUSES, LIVED, livesOf, POLICIES, STAGES, type PossibleLife } from './lives.ts';
import { tellsLivesOf } from './living.ts';

const ofItsMode = LIVED.filter(
  ({ drop }, index, all) => all.findIndex((other) => other.drop.kind === drop.kind) === index,
);
const firstOf = (policy: TldPolicy) =>
  livesOf(policy).filter(
    (life, index, all): life is PossibleLife =>
      life.kind === 'possible' &&
      all.findIndex(({ kind, cause }) => kind === 'possible' && cause === life.cause) === index,
  );
const lived = new Set(
  ofItsMode
    .flatMap(firstOf)
    .filter(({ cause, policy }) => policy === 'com' || cause === 'let_go')
    .map(({ name }) => name),
);
tellsLivesOf(ofItsMode, ({ name }) => lived.has(name));

test.each(POLICIES.map((policy) => [policy.tld, policy] as const))(
  '.%s: what cannot be is said, with the reason',
  (_tld, policy) => {
    const all = livesOf(policy);
    expect(all).toHaveLength(CAUSES.length * STAGES.length);
    for (const life of all) if (life.kind === 'impossible') expect(life.because).not.toBe('');
    expect(hasRace(policy)).toBe(all.some(({ kind }) => kind === 'possible'));
  },
);
