/** The deployment files as their readers see them: the Compose file with its anchors resolved, the Dockerfile by stage. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DockerfileParser, type Instruction } from 'dockerfile-ast';
import { parse } from 'yaml';

export const ROOT = resolve(__dirname, '../..');
export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

export interface Service {
  image: string;
  command?: string[];
  entrypoint?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  networks: string[];
  volumes?: string[];
  secrets?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  restart?: string;
  profiles?: string[];
  stop_grace_period?: string;
  init?: boolean;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  logging?: { options: Record<string, string> };
  deploy: { resources: { limits: { cpus: string; memory: string } } };
}

export interface Compose {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
  secrets: Record<string, { file: string }>;
}

export const compose = (): Compose => parse(read('docker-compose.yml'), { merge: true }) as Compose;

/** What the repository's own image runs. */
export const OURS = ['api', 'engine', 'catcher'] as const;

/** The value a container sees where the operator's shell sets nothing. */
export const settled = (value: string): string => value.replace(/\$\{\w+:-([^}]*)\}/g, '$1');

export interface Stage {
  from: string;
  instructions: { keyword: string; args: string[]; instruction: Instruction }[];
}

export function stages(): Stage[] {
  const found: Stage[] = [];
  for (const instruction of DockerfileParser.parse(read('Dockerfile')).getInstructions()) {
    const keyword = instruction.getKeyword();
    const args = instruction.getArguments().map((argument) => argument.getValue());
    if (keyword === 'FROM') found.push({ from: args[0] ?? '', instructions: [] });
    else found.at(-1)?.instructions.push({ keyword, args, instruction });
  }
  return found;
}

/** The settings of config.ts, by name. */
export function settingNames(): Set<string> {
  const schema = /const environment = z\.object\(\{\n([\s\S]*?)\n\}\);/.exec(read('config.ts'))?.[1] ?? '';
  return new Set([...schema.matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map((match) => match[1] ?? ''));
}
