/** What the routes need of the world. */
import type { Config } from '../config.ts';
import type { RegistryEntry } from '../registry/entry.ts';
import type { Policies } from '../registry/policies/policies.ts';
import type { SandboxControl } from '../registry/sandbox/control.ts';
import type { Engine } from './engine.ts';

export interface RouteDeps {
  secret: Config['secret'];
  engine: Engine;
  registries: readonly RegistryEntry[];
  policies: Policies;
  /** Undefined: the sandbox, test clocks and test keys are off. */
  sandbox: SandboxControl | undefined;
  now(): number;
}
