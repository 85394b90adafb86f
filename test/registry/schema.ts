/** Holds EPP frames against the schemas. One checking process serves a test file; close it when done. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface SchemaCheck {
  /** `ok`, or what the schemas say against it. */
  verdict(xml: string): Promise<string>;
  close(): void;
}

export function openSchemaCheck(): SchemaCheck {
  const checker = spawn(process.execPath, [join(__dirname, 'schema-check.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting: ((verdict: string) => void)[] = [];
  createInterface({ input: checker.stdout }).on('line', (line) => waiting.shift()?.(line));
  return {
    verdict: (xml) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        checker.stdin.write(`${JSON.stringify(xml)}\n`);
      }),
    close: () => void checker.kill(),
  };
}
