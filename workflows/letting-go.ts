/** A name that nobody takes: deleted while its registry undoes the create, else kept until support has said that it may be. */
import { ApplicationFailure } from '@temporalio/workflow';
import { mayUndo } from '../rules/after-award.ts';
import type { Sight } from '../rules/watch.ts';
import type { CaughtName } from './awarding.ts';
import type { Desk } from './desk.ts';

export async function letGo(desk: Desk, { catchId, registeredAt, roid }: CaughtName): Promise<void> {
  const { registry, policy } = desk.sight as Sight;
  const { name, input } = desk;
  const gone = await desk.support.attempt({
    name: 'unclaimed',
    skippable: true,
    run: async () => {
      const may = mayUndo(registeredAt, policy.addGraceMs, desk.time.now());
      if (may.kind !== 'may') throw ApplicationFailure.nonRetryable('nobody takes it, and it stays ours', may.kind);
      return desk.acts
        .registering(registry, `Nobody takes ${name}: delete it within add grace`)
        .letGo({ catchId, name, tld: input.tld, roid, ...(input.clock === undefined && { before: may.before }) });
    },
  });
  const what = gone.kind === 'done' ? 'deleted' : 'kept';
  await desk.support.attempt({
    name: 'unclaimed',
    skippable: true,
    run: () =>
      desk.acts.write(`${name} was ${what}: nobody took it`).noteUnclaimed({
        ...{ catchId, what, at: desk.time.now() },
        ...(gone.kind === 'skipped' && { reason: gone.reason }),
      }),
  });
}
