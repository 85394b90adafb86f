/**
 * Completes package-lock.json with the optional packages of other platforms, which a registry mirror may not carry:
 * without them `npm ci` calls the lock out of date. They are pinned exactly by the packages that want them, so that
 * name and version are enough; the platform that installs one checks the rest. Run it after every `npm install`.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));

/** The packages `path` can see are those in its own node_modules and in those above it. */
function isLocked(path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    if (lock.packages[`${at ? `${at}/` : ''}node_modules/${name}`]) return true;
    if (at === '') return false;
  }
}

const systems = ['darwin', 'linux', 'win32', 'freebsd', 'android', 'openharmony'];
const added = [];
for (const [path, wanting] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(wanting.optionalDependencies ?? {})) {
    if (isLocked(path, name)) continue;
    const words = name.split(/[/-]/);
    const os = systems.find((system) => words.includes(system));
    if (!os || !/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`${name}@${version}: not a package of one platform`);
    const cpu = words[words.indexOf(os) + 1];
    const libc = /musl/.test(name) ? ['musl'] : /gnu/.test(name) && os === 'linux' ? ['glibc'] : undefined;
    const dev = wanting.dev ? { dev: true } : {};
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...dev,
      ...(libc ? { libc } : {}),
      optional: true,
      os: [os],
    };
    added.push(name);
  }
}

const [root, ...rest] = Object.entries(lock.packages);
lock.packages = Object.fromEntries([root, ...rest.sort(([a], [b]) => (a < b ? -1 : 1))]);
if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added.length} packages of other platforms added`);
