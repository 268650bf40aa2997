import type { RetentionDays } from './retention-store';
import type { SagaRow } from './saga-tables';

const dayMs = 86_400_000;
/** What the clocks of the services that take part may differ by, and more. */
const marginDays = 1;

/**
 * How long the services that take part in a saga remember what they have done for it: as long as this one remembers what it
 * has handled, since the setting is the same for all. What is sent again after that could be done twice; and a compensation
 * would find nothing to undo.
 */
export class SagaMemory {
  constructor(private readonly days: Pick<RetentionDays, 'inbox'>) {}

  /** Why nothing that this instance has asked for may be asked again or undone; `undefined`: it may. */
  forgotten({ id, startedAt }: Pick<SagaRow, 'id' | 'startedAt'>, now: Date): string | undefined {
    const { inbox } = this.days;
    if (inbox === 0 || now.getTime() - startedAt.getTime() < (inbox - marginDays) * dayMs) return undefined;
    return `saga ${id} began on ${startedAt.toISOString()}, and what was handled for it is remembered for ${inbox} days (RETENTION_INBOX_DAYS): what is asked again could be done twice, and what is to be undone not be found. See to it yourself, and abandon it`;
  }
}
