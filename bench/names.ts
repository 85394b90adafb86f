/** Names somebody holds for long, and reservations of them. */
import type { EngineClient } from '../dev/engine-client.ts';

const DAY_MS = 86_400_000;

export async function heldNames(operator: EngineClient, prefix: string, n: number): Promise<string[]> {
  const names = Array.from({ length: n }, (_, index) => `${prefix}-${index}.test`);
  const expires_at = new Date(Date.now() + 200 * DAY_MS).toISOString();
  const registered_at = new Date(Date.now() - 165 * DAY_MS).toISOString();
  for (let at = 0; at < n; at += 10)
    await Promise.all(
      names
        .slice(at, at + 10)
        .map((name) => operator.must('PUT', `/v1/sandbox/domains/${name}`, { registered_at, expires_at })),
    );
  return names;
}

export const reservationOf = (domain: string) => ({
  domain,
  customer: { id: `cus-${domain}`, email: 'bench@example.test' },
  budget: { amount: 20_000, currency: 'USD' },
});
