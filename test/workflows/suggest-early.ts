/**
 * Suggests to continue as new after so few events that a life on the time-skipping server is handed over again and again: that server
 * never suggests it by itself. By the length of the history alone, so that a replay sees the same.
 */
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { getActivator } from '@temporalio/workflow/lib/global-attributes.js';

const SUGGESTED_AT = 40;

export const interceptors: WorkflowInterceptorsFactory = () => ({
  internals: [
    {
      activate: (input, next) => {
        getActivator().mutateWorkflowInfo((info) => ({
          ...info,
          continueAsNewSuggested: info.historyLength >= SUGGESTED_AT,
        }));
        next(input);
      },
    },
  ],
});
