/** What an engine says as it starts of windows that outlast the add grace of what it sells. */
import type { TldPolicy } from '../../rules/tlds.ts';
import { flagWindows } from '../../workers/windows.ts';
import { DAY_MS, policies, policy } from '../rules/world.ts';

function flagged(tlds: string[], own: Record<string, TldPolicy['addGraceMs']> = {}): string[] {
  const lines: string[] = [];
  const of = (tld: string): TldPolicy | undefined =>
    tld in own ? { ...policy('com'), tld, addGraceMs: own[tld] ?? 'unknown' } : policies.of(tld);
  flagWindows(tlds, { of }, ({ tld, field, window_h, add_grace_h }, line) => {
    expect(line).toContain(`.${tld}: the ${field} window (${window_h} h)`);
    lines.push(`${tld} ${field} ${window_h} ${add_grace_h}`);
  });
  return lines;
}

test('nothing is said of what is shipped: five days cover each window, and what is unknown is not compared', () =>
  expect(flagged(['com', 'uk', 'test'])).toEqual([]));

test('each window that is longer is named with TLD, field and both figures', () => {
  expect(flagged(['com', 'brief'], { brief: 2 * DAY_MS })).toEqual(['brief auction 73.67 48']);
  expect(flagged(['none'], { none: 0 })).toEqual(['none offer 24 0', 'none auction 73.67 0', 'none payment 48 0']);
});
