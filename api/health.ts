/** Is the process there, and can it do its work. Ready means: what a request needs answers, each dependency within a second. */
import { Router } from 'express';
import { within } from './within.ts';

const LIMIT_MS = 1_000;

export interface Dependency {
  name: 'store' | 'temporal' | 'sandbox';
  /** Rejects where it is out of reach. */
  ping(): Promise<unknown>;
}

export interface Health {
  dependencies: readonly Dependency[];
  /** True once the process is told to end: no new work should be sent to it. */
  draining(): boolean;
}

const answers = ({ ping }: Dependency): Promise<boolean> =>
  within(LIMIT_MS, Promise.resolve().then(ping)).then(
    () => true,
    () => false,
  );

export function healthRoutes({ dependencies, draining }: Health): Router {
  const routes = Router();
  routes.get('/livez', (_request, response) => void response.json({ status: 'alive' }));
  routes.get('/readyz', async (_request, response) => {
    const checks = await Promise.all(dependencies.map(async (one) => [one.name, await answers(one)] as const));
    const unavailable = checks.filter(([, up]) => !up).map(([name]) => name);
    const ready = unavailable.length === 0 && !draining();
    const status = draining() ? 'draining' : ready ? 'ready' : 'unavailable';
    response
      .status(ready ? 200 : 503)
      .set('cache-control', 'no-store')
      .json({ status, unavailable });
  });
  return routes;
}
