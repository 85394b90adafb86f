/**
 * Causes that move a name × the stage in which they strike × the rules it lives by: each life ends in the right status, and is told as the
 * registry made it. Here all of .com, and of the first TLD of every other drop mode those that come to the drop; `npm run test:lives`
 * lives them all.
 */
import { hasRace } from '../../rules/tlds.ts';
import { CAUSES, LIVED, livesOf, POLICIES, STAGES } from './lives.ts';
import { tellsLivesOf } from './living.ts';

const ofItsMode = LIVED.filter(
  ({ drop }, index, all) => all.findIndex((other) => other.drop.kind === drop.kind) === index,
);
tellsLivesOf(ofItsMode, ({ cause, policy }) => policy === 'com' || cause === 'let_go');

test.each(POLICIES.map((policy) => [policy.tld, policy] as const))(
  '.%s: what cannot be is said, with the reason',
  (_tld, policy) => {
    const all = livesOf(policy);
    expect(all).toHaveLength(CAUSES.length * STAGES.length);
    for (const life of all) if (life.kind === 'impossible') expect(life.because).not.toBe('');
    expect(hasRace(policy)).toBe(all.some(({ kind }) => kind === 'possible'));
  },
);
