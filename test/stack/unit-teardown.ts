/** After the last unit test: ends the embedded MongoDB, where one was asked for. */
export default async function teardown(): Promise<void> {
  await globalThis.endMongo?.();
}
