/** The stage that an event or a look tells, and how it is said. */
import type { NameView } from '../rules/reservation.ts';
import { STAGES, type Stage } from '../rules/stage.ts';
import type { Reader } from './reader.ts';
import type { Wording } from './wording/wording.ts';

interface Told {
  data: Record<string, unknown>;
}

export const stageOf = ({ data }: Told): Stage => STAGES.find((stage) => stage === data['stage']) ?? 'unknown';

type StageTold = Pick<NameView, 'stage'> & { restorable?: 'unknown' };

export const toldStage = ({ data }: Told): StageTold => ({
  stage: stageOf({ data }),
  ...(data['restorable'] === 'unknown' && { restorable: 'unknown' as const }),
});

/** Nobody is told that a name cannot be restored any more where its registry does not say so. */
export const stageWords = ({ words }: Pick<Reader, 'words'>, { stage, restorable }: StageTold): Wording['deleted'] =>
  restorable === 'unknown' ? words.deleted : words.stages[stage];
