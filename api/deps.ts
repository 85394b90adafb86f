/** What the routes need of the world. */
import type { Config } from '../config.ts';
import type { RegistryEntry } from '../registry/entry.ts';
import type { Inquiries } from '../registry/inquiries.ts';
import type { Policies } from '../registry/policies/policies.ts';
import type { SandboxControl } from '../registry/sandbox/control.ts';
import type { DnsSigns } from '../rules/outlook.ts';
import type { AuctionEngine } from './auction-engine.ts';
import type { AuctionFeed } from './auction-feed.ts';
import type { Engine } from './engine.ts';
import type { Words } from './words.ts';

export interface RouteDeps {
  secret: Config['secret'];
  engine: Engine;
  auctions: AuctionEngine;
  feed: AuctionFeed;
  registries: readonly RegistryEntry[];
  policies: Policies;
  /** Registries, for those who only ask. */
  inquiries: Inquiries;
  words: Words;
  /** What the DNS tells of a name. Never rejects. */
  dnsOf(name: string): Promise<DnsSigns>;
  /** Undefined: the sandbox, test clocks and test keys are off. */
  sandbox: SandboxControl | undefined;
  now(): number;
}
