/**
 * A server that speaks MongoDB's wire protocol: `mongod` where there is one, else a small Java server over an H2 file
 * (MongoServer.java) whose libraries Maven fetches once.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { command, onPath } from './command.ts';
import { cacheStep, find, intoCache, pathStep } from './find-server.ts';
import { officialStep } from './official.ts';
import { root } from './root.ts';

const VERSION = '1.47.0';
const FOLDER = `mongo-java-server-${VERSION}`;
const OLDEST_JAVA = 17;
const MAVEN_LIMIT_MS = 180_000;
const JAVA_LIMIT_MS = 60_000;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>backorder</groupId><artifactId>servers</artifactId><version>1</version><packaging>pom</packaging>
<dependencies><dependency><groupId>de.bwaldvogel</groupId><artifactId>mongo-java-server-h2-backend</artifactId>
<version>${VERSION}</version></dependency></dependencies></project>
`;

export interface MongoProgram {
  from: string;
  /** The command line that serves `host:port` with its data under `folder`, a folder that exists. */
  command: (host: string, port: number, folder: string) => [file: string, ...args: string[]];
}

/** Throws ServerMissing. */
export async function mongoServer(signal?: AbortSignal): Promise<MongoProgram> {
  const { path, from } = await find(
    'A MongoDB server',
    [
      pathStep('mongod'),
      cacheStep('mongod', 'mongod'),
      { from: 'Maven', find: () => javaServer(signal) },
      officialStep('mongod', signal),
    ],
    `Install a JDK ${OLDEST_JAVA} or newer and Maven, or put mongod on PATH, or set MONGODB_URI to a server of yours.`,
  );
  if (from !== 'Maven')
    return {
      from: `mongod, ${from}`,
      command: (host, port, folder) => [path, '--dbpath', folder, '--bind_ip', host, '--port', String(port), '--quiet'],
    };
  return {
    from: `mongo-java-server ${VERSION}`,
    command: (host, port, folder) => {
      // Small and quick to start: it serves one machine, and shares two cores with everything else.
      const jvm = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', path];
      return ['java', ...jvm, 'EmbeddedMongo', host, String(port), join(folder, 'documents.h2')];
    },
  };
}

/** The class path of the Java server, fetched and compiled when it is not in the cache yet. */
async function javaServer(signal?: AbortSignal): Promise<string> {
  const during = signal ? { signal } : {};
  const java = onPath('java');
  if (!java) throw new Error('no java found');
  const said = await command(java, ['-version'], { limitMs: JAVA_LIMIT_MS, ...during });
  const version = Number(/version "(?:1\.)?(\d+)/.exec(said)?.[1] ?? 0);
  if (version < OLDEST_JAVA) throw new Error(`java is version ${version}, ${OLDEST_JAVA} is needed`);
  const jars = existsSync(await cached('jars')) ? await cached('jars') : await fetchJars(during);
  const source = join(root(), 'dev', 'MongoServer.java');
  const digest = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 12);
  const classes = `${FOLDER}/classes-${digest}`;
  const compiled = (await cacheStep(classes, 'EmbeddedMongo.class').find()) !== undefined;
  if (!compiled) {
    const javac = onPath('javac');
    if (!javac) throw new Error('java is there but javac is not: a JRE is not enough');
    await intoCache(classes, async (empty) => {
      await command(javac, ['-nowarn', '-d', empty, '-cp', join(jars, '*'), source], {
        limitMs: JAVA_LIMIT_MS,
        ...during,
      });
    });
  }
  return [await cached(`classes-${digest}`), join(jars, '*')].join(delimiter);
}

const cached = async (name: string): Promise<string> => (await cacheStep(FOLDER, name).find()) ?? '';

async function fetchJars(during: { signal?: AbortSignal }): Promise<string> {
  const mvn = onPath('mvn');
  if (!mvn) throw new Error('no mvn found');
  return intoCache(`${FOLDER}/jars`, async (empty) => {
    await writeFile(join(empty, 'pom.xml'), POM);
    const args = [
      '-B',
      '-q',
      '-f',
      join(empty, 'pom.xml'),
      'dependency:copy-dependencies',
      `-DoutputDirectory=${empty}`,
    ];
    await command(mvn, args, { limitMs: MAVEN_LIMIT_MS, ...during });
    if (!existsSync(join(empty, `mongo-java-server-h2-backend-${VERSION}.jar`))) throw new Error('mvn fetched nothing');
  });
}
