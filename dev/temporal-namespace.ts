/**
 * What the engine needs of its namespace: search attributes, and on the embedded server a retention of thirty days. Asked
 * for over the API, because `--search-attribute` is ignored where the database file exists already.
 */
import { Connection, type ConnectionOptions } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

const RETENTION_DAYS = 30;
const KEYWORD = 2;
const DATETIME = 6;

/** IndexedValueType by name; at most ten of Keyword fit on SQL. */
const ATTRIBUTES: Record<string, number> = {
  Domain: KEYWORD,
  Tld: KEYWORD,
  Stage: KEYWORD,
  ReservationStatus: KEYWORD,
  Registrar: KEYWORD,
  NeedsAttention: KEYWORD,
  DropAt: DATETIME,
};

async function missingAttributes(connection: Connection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.keys(ATTRIBUTES).filter(
    (name) => customAttributes?.[name] === undefined || customAttributes[name] === null,
  );
}

/** Makes an embedded namespace what the engine needs. Throws until the server is up, and until it shows what was asked. */
export async function configureNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    const missing = await missingAttributes(connection, namespace);
    if (missing.length > 0) {
      const searchAttributes = Object.fromEntries(missing.map((name) => [name, ATTRIBUTES[name] ?? KEYWORD]));
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
    }
    if ((await retentionDays(connection, namespace)) !== RETENTION_DAYS) {
      const workflowExecutionRetentionTtl = msToTs(RETENTION_DAYS * 86_400_000);
      await connection.workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl } });
    }
    const still = await missingAttributes(connection, namespace);
    if (still.length > 0) throw new Error(`search attributes not there yet: ${still.join(', ')}`);
    if ((await retentionDays(connection, namespace)) !== RETENTION_DAYS) throw new Error('retention not set yet');
  } finally {
    await connection.close();
  }
}

async function retentionDays(connection: Connection, namespace: string): Promise<number> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / 86_400;
}

/** One line about a server that is not ours and lacks something, or undefined. It is never changed. */
export async function namespaceTrouble(options: ConnectionOptions, namespace: string): Promise<string | undefined> {
  const address = options.address ?? 'its default address';
  let connection: Connection;
  try {
    connection = await Connection.connect({ ...options, connectTimeout: 5_000 });
  } catch {
    return `TEMPORAL_ADDRESS: no Temporal server answers at ${address}.`;
  }
  try {
    const missing = await missingAttributes(connection, namespace);
    if (missing.length === 0) return undefined;
    const flags = missing.map(
      (name) => `--name ${name} --type ${ATTRIBUTES[name] === DATETIME ? 'Datetime' : 'Keyword'}`,
    );
    return `TEMPORAL_ADDRESS: the namespace ${namespace} lacks search attributes. Create them: temporal operator search-attribute create --namespace ${namespace} ${flags.join(' ')}`;
  } catch (error) {
    return `TEMPORAL_ADDRESS: the namespace ${namespace} at ${address} cannot be read (${error instanceof Error ? error.message : String(error)}).`;
  } finally {
    await connection.close();
  }
}
