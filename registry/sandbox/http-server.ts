/** The sandbox's HTTP port: RDAP and the drop list for anybody, the control API for who holds its token. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type NextFunction, type Request, type Response } from 'express';
import { controlRoutes } from './control-routes.ts';
import { publishedAt, stageStarts } from './life.ts';
import { purgeOf } from './projection.ts';
import { rdapRoutes } from './rdap.ts';
import type { SandboxRegistry } from './registry.ts';

export interface HttpServer {
  port: number;
  close(): Promise<void>;
}

/** `roid,domain,drop_time` of names whose scripted drop is still to come, each in its own time. */
export function dropListCsv(registry: SandboxRegistry): string {
  const rows = ['roid,domain,drop_time'];
  for (const name of registry.names()) {
    const facts = registry.factsOf(name);
    const story = facts?.story;
    const told = story && publishedAt(name, story);
    const state = registry.stateOf(name);
    if (!facts || !story || told === undefined || state.kind !== 'registered') continue;
    const purge = purgeOf(facts);
    if (purge === null || purge <= registry.nowOf(name) || purge !== stageStarts(name, story).purge) continue;
    rows.push(`${state.roid},${name},${new Date(told).toISOString()}`);
  }
  return `${rows.join('\n')}\n`;
}

/** Rejects with EADDRINUSE and the like. Port 0 takes a free one. */
export async function openHttpServer(options: {
  host: string;
  port: number;
  registry: SandboxRegistry;
  controlToken: string;
}): Promise<HttpServer> {
  const { registry } = options;
  const app = express().disable('x-powered-by').disable('etag');
  app.get('/drop-list.csv', (_request, response) => void response.type('text/csv').send(dropListCsv(registry)));
  app.use('/control', controlRoutes(registry, options.controlToken));
  app.use(rdapRoutes(registry));
  app.use((_request, response) => void response.status(404).json({ code: 'not_found', detail: 'no such resource' }));
  app.use((error: { status?: number }, _request: Request, response: Response, _next: NextFunction) => {
    const status = error.status !== undefined && error.status < 500 ? error.status : 500;
    response
      .status(status)
      .json({ code: status < 500 ? 'bad_request' : 'failed', detail: 'the request cannot be served' });
  });
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
