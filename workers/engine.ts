/** The engine worker: all workflows, and every activity but the catch. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { createMailer } from '../mail/transport.ts';
import { createNotifier } from '../mail/deliver.ts';
import { wayInBy } from '../mail/way-in.ts';
import { CADENCE } from '../registry/cadence.ts';
import { loadPolicies } from '../registry/policies/policies.ts';
import { sandboxControl, SandboxRefused } from '../registry/sandbox/control.ts';
import * as auctions from '../store/auctions.ts';
import { deliveryStore } from '../store/deliveries.ts';
import * as awards from '../store/awards.ts';
import * as domains from '../store/domains.ts';
import { listedDrop } from '../store/drop-lists.ts';
import * as ledger from '../store/ledger.ts';
import { holdersOf } from '../store/reservation-queries.ts';
import * as reservations from '../store/reservations.ts';
import * as strikes from '../store/strikes.ts';
import { settingsOfSandboxName } from '../store/sandbox-names.ts';
import { findRegistrar, noticeSettingsOf } from '../store/registrars.ts';
import { ENGINE_QUEUE, NOTIFY_QUEUE } from '../workflows/messages.ts';
import { bundlePath } from './bundle.ts';
import { runWorkers } from './process.ts';
import { flagWindows } from './windows.ts';

export const runEngine = (toldToEnd: AbortSignal): Promise<void> =>
  runWorkers('engine', toldToEnd, async ({ config, common, client, registryOf, logger, tlds }) => {
    const policies = loadPolicies(config);
    flagWindows(tlds, policies, (about, line) => logger.warn(about, line));
    const mailer = createMailer(config);
    const control = sandboxControl({ home: config.home, port: config.RDAP_PORT });
    const activities = createActivities({
      client,
      registryOf,
      store: { ...auctions, ...awards, ...domains, ...reservations, listedDrop },
      ownAwardOf: findRegistrar,
      money: { ...ledger, ...strikes, holdersOf },
      settingsOf: settingsOfSandboxName,
      policyOf: policies.of,
      cadence: CADENCE,
      notifier: createNotifier({
        mailer,
        store: deliveryStore,
        settingsOf: noticeSettingsOf,
        wayInTo: wayInBy({ policyOf: policies.of, settingsOf: settingsOfSandboxName }),
      }),
      sandboxClocks: {
        move: (clock, now) => control.setClock(clock, now).catch(unlessThere),
        nextTransition: async (clock, after) => (await control.next(clock, after)) ?? { at: null, names: [] },
      },
    });
    const shared = { ...common, activities };
    const engine = await Worker.create({
      ...shared,
      taskQueue: ENGINE_QUEUE,
      workflowBundle: { codePath: bundlePath(dirname(dirname(fileURLToPath(import.meta.url)))) },
      maxCachedWorkflows: config.MAX_CACHED_WORKFLOWS,
      maxConcurrentActivityTaskExecutions: 100,
    });
    const notify = await Worker.create({ ...shared, taskQueue: NOTIFY_QUEUE, maxConcurrentActivityTaskExecutions: 10 });
    return { workers: [engine, notify], close: async () => mailer.close() };
  });

/** A clock that was reset comes by instants its registry has passed. */
function unlessThere(error: unknown): void {
  if (!(error instanceof SandboxRefused && error.code === 'clock_backwards')) throw error;
}
