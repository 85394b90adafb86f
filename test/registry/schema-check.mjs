/**
 * Checks EPP frames against the schemas, as a process of its own: libxml2-wasm is an ES module with a top-level await,
 * which Jest's CommonJS cannot load. One JSON string (the XML) a line in; `ok` or what is wrong with it a line out.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs';

xmlRegisterFsInputProviders();
const url = fileURLToPath(new URL('../fixtures/epp-xsd/all.xsd', import.meta.url));
const validator = XsdValidator.fromDoc(XmlDocument.fromBuffer(readFileSync(url), { url }));

for await (const line of createInterface({ input: process.stdin })) {
  let verdict = 'ok';
  try {
    const document = XmlDocument.fromString(JSON.parse(line));
    try {
      validator.validate(document);
    } finally {
      document.dispose();
    }
  } catch (error) {
    verdict = String(error.message).replace(/\s+/g, ' ');
  }
  process.stdout.write(`${verdict}\n`);
}
