/** What the processes of a stack are told. */
import { loadConfig } from '../../config.ts';
import { environment } from '../../dev/stack.ts';
import { temporalTarget } from '../../temporal/target.ts';

const keys = {
  BACKORDER_ADMIN_KEY: 'k'.repeat(32),
  BACKORDER_SECRET: 's'.repeat(32),
  BACKORDER_PAYLOAD_KEY: Buffer.alloc(32).toString('base64'),
};
const told = (env: Record<string, string>) => environment({ ...keys, ...env }, loadConfig({ ...keys, ...env }));

test('beside the embedded Temporal a developer’s own key, certificates and profile stay out, and workers are unversioned', () => {
  const theirs = { TEMPORAL_API_KEY: 'k', TEMPORAL_TLS_SERVER_NAME: 'x', TEMPORAL_GRPC_META_A: 'b', TEMPORAL_TLS: '1' };
  const env = told({ ...theirs, BACKORDER_BUILD_ID: 'v1', XDG_CONFIG_HOME: '/nowhere', TEMPORAL_PORT: '7300' });
  const target = temporalTarget(loadConfig(env), env);
  expect(target.connection).toEqual({ address: '127.0.0.1:7300' });
  expect(loadConfig(env).BACKORDER_BUILD_ID).toBeUndefined();
});

test('servers of one’s own are told on as they were given, and secrets in files stay in their files', () => {
  const given = { TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_API_KEY: 'k', BACKORDER_BUILD_ID: 'v1' };
  expect(told(given)).toMatchObject(given);
  expect(told({ SMTP_URL: 'smtp://mail.example' })).toMatchObject({ SMTP_URL: 'smtp://mail.example' });
});
