/** What is ahead of a name, and what is behind it: each instant with who says so, and how far that can be trusted. Epoch ms. */
import type { Forecast } from './forecast.ts';
import type { Stage } from './stage.ts';
import type { DropWindow } from './tlds.ts';

export interface Instant {
  what: 'registered' | 'expiry' | 'registrar_expiry' | 'auto_renew_grace' | 'redemption' | 'pending_delete' | 'drop';
  earliest: number;
  latest: number;
  source: 'registry' | 'registrar' | DropWindow['source'];
  confidence: DropWindow['confidence'];
}

export interface Dated {
  stage: Stage;
  /** 0: not told. */
  registeredAt: number;
  /** The registrar's own date, where RDAP tells one. */
  registrarExpiresAt: number | undefined;
  forecast: Pick<Forecast, 'expiresAt' | 'bounds' | 'drop'>;
}

const AHEAD = ['auto_renew_grace', 'redemption', 'pending_delete'] as const;
const isAhead = (stage: Stage): stage is (typeof AHEAD)[number] => AHEAD.some((one) => one === stage);

/** In the order in which they come at the latest. A stage's instant is when it begins, and is told also where it has begun. */
export function instantsOf({ stage, registeredAt, registrarExpiresAt, forecast }: Dated): Instant[] {
  const { expiresAt, bounds, drop } = forecast;
  const told = (what: Instant['what'], at: number, source: Instant['source'], confidence: Instant['confidence']) => ({
    ...{ what, earliest: at, latest: at, source, confidence },
  });
  const begins = bounds.flatMap(({ stage: next, from, earliest, source, confidence }): Instant[] =>
    isAhead(next) ? [{ what: next, earliest: earliest.from, latest: from, source, confidence }] : [],
  );
  const instants: Instant[] = [
    ...(registeredAt === 0 ? [] : [told('registered', registeredAt, 'registry', 'published')]),
    // In grace the registry's own date has moved on by a year: the owner's is worked out from it.
    ...(expiresAt === undefined
      ? []
      : [told('expiry', expiresAt, 'registry', stage === 'auto_renew_grace' ? 'estimated' : 'published')]),
    ...(registrarExpiresAt === undefined
      ? []
      : [told('registrar_expiry', registrarExpiresAt, 'registrar', 'published')]),
    ...begins,
    ...(drop ? [{ what: 'drop' as const, ...drop }] : []),
  ];
  return instants.toSorted((one, other) => one.latest - other.latest);
}
