/** An engine of a test's own beside the shared stack: another namespace and database, and processes with the settings under test. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { msToTs } from '@temporalio/common/lib/time.js';
import { loadConfig } from '../../config.ts';
import { configureNamespace } from '../../dev/temporal-namespace.ts';
import { EngineClient } from '../../dev/engine-client.ts';
import { freePorts } from '../../dev/ports.ts';
import { fresh, type Story } from './story.ts';

export interface Running {
  child: ChildProcess;
  /** Resolves with the first line it writes, on either stream, that `isIt` takes. */
  says: (isIt: RegExp) => Promise<string>;
  ended: Promise<{ code: number | null; said: string }>;
}

/** A program of `dist`, such as `workers/main.js`. The test ends it. */
export function run(program: string, env: NodeJS.ProcessEnv): Running {
  const root = process.env['BACKORDER_ROOT'] ?? process.cwd();
  const child = spawn(process.execPath, [join(root, 'dist', program)], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const hearers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      for (const hear of hearers) hear();
    });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, said }));
  const says = (isIt: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const hear = (): void => {
        const line = said.split('\n').find((each) => isIt.test(each));
        if (line === undefined) return;
        hearers.delete(hear);
        resolve(line);
      };
      hearers.add(hear);
      hear();
      void ended.then(() => reject(new Error(`${program} ended and never said ${isIt}: ${said}`)));
    });
  return { child, says, ended };
}

export class Beside {
  readonly env: NodeJS.ProcessEnv;
  readonly namespace: string;
  readonly operator: EngineClient;
  private readonly running: Running[] = [];

  private constructor(env: NodeJS.ProcessEnv, namespace: string, operator: EngineClient) {
    this.env = env;
    this.namespace = namespace;
    this.operator = operator;
  }

  static async open(story: Story): Promise<Beside> {
    const { env: shared } = story.stack;
    const namespace = fresh('beside');
    const { workflowService } = story.temporal;
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
    const ready = (): Promise<void> => configureNamespace(String(shared['TEMPORAL_ADDRESS']), namespace).catch(ready);
    await ready();
    const { API_PORT } = await freePorts();
    const MONGODB_URI = String(shared['MONGODB_URI']).replace(/\/[^/]*$/, `/${namespace}`);
    const env = { ...shared, TEMPORAL_NAMESPACE: namespace, API_PORT, MONGODB_URI };
    const { adminKey } = loadConfig(env);
    return new Beside(env, namespace, new EngineClient(`http://127.0.0.1:${API_PORT}`, adminKey));
  }

  start(program: string, extra: NodeJS.ProcessEnv = {}): Running {
    const running = run(program, { ...this.env, ...extra });
    this.running.push(running);
    return running;
  }

  /** Started, and ready. */
  async api(extra: NodeJS.ProcessEnv = {}): Promise<void> {
    const api = this.start('api/main.js', extra);
    await api.says(/API is listening/);
    await this.operator.until('/readyz', ({ status }: { status: string }) => status === 'ready', 60_000);
  }

  /** A registrar of this engine, and the body of a reservation of a fresh name in real time. */
  async customer(story: Story): Promise<{ client: EngineClient; name: string }> {
    const { client } = await this.operator.registrar(fresh('Northern'));
    const name = `${fresh('name')}.test`;
    const now = Date.now();
    const day = 86_400_000;
    const owned = { registered_at: new Date(now - 300 * day), expires_at: new Date(now + 65 * day) };
    await story.operator.must('PUT', `/v1/sandbox/domains/${name}`, owned);
    return { client, name };
  }

  async close(): Promise<void> {
    for (const { child } of this.running) child.kill('SIGTERM');
    await Promise.all(this.running.map(({ ended }) => ended));
  }
}
