/** What workflow tests run on: the time-skipping server, the bundle of the workflows, and the search attributes they set. */
import { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';

export function timeSkipping(): Promise<TestWorkflowEnvironment> {
  const path = process.env['TEMPORAL_TEST_SERVER'];
  return TestWorkflowEnvironment.createTimeSkipping(
    path ? { server: { executable: { type: 'existing-path', path } } } : {},
  );
}

/** The build's, where the tests were set up with one. */
export async function bundled(): Promise<WorkflowBundleOption> {
  const codePath = process.env['WORKFLOW_BUNDLE'];
  if (codePath) return { codePath };
  const workflowsPath = require.resolve('../../workflows/index.ts');
  return bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
}

const KEYWORDS = ['Domain', 'Tld', 'Stage', 'ReservationStatus', 'Registrar', 'NeedsAttention'];
const { INDEXED_VALUE_TYPE_KEYWORD, INDEXED_VALUE_TYPE_DATETIME } = temporal.api.enums.v1.IndexedValueType;
/** As the namespace of a stack has them. */
export const ATTRIBUTES = {
  ...Object.fromEntries(KEYWORDS.map((name) => [name, INDEXED_VALUE_TYPE_KEYWORD])),
  DropAt: INDEXED_VALUE_TYPE_DATETIME,
};
