/** Whether an authInfo is that of a name of ours, asked by info. */
import { unusable } from './check.ts';
import type { EppClient } from './client.ts';
import { infoXml } from './commands.ts';
import { authInfoOf } from './replies.ts';

/** Not ours, or nobody's: it is not. */
const NO = [2201, 2202, 2303];

export async function hasAuthInfo(
  client: EppClient,
  registry: string,
  name: string,
  authInfo: string,
): Promise<boolean> {
  const response = await client.send('query', (clTRID) => infoXml(name, clTRID, authInfo));
  if (NO.includes(response.code)) return false;
  if (response.code >= 2000 || response.code === 0) throw unusable(registry, 'info', response.code);
  // A registry that keeps no more than its hash answers yes without telling it (RFC 9154).
  return (authInfoOf(response) ?? authInfo) === authInfo;
}
