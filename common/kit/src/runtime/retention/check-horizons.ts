import { defaultBudgetMs, isCommand } from '../../contract';
import { attemptsMax, retryAfterMsMax, type Saga, type Step } from '../../saga';
import type { MessageRouting } from '../consumer/message-routing';
import type { Broker, TopicRetention } from '../ports/broker';
import type { RetentionDays } from '../ports/retention-store';

const dayMs = 86_400_000;
/** For senders that stand still, and send again when they come back what they could not note before. */
const marginDays = 7;

/** The settings that say after how long something is purged. */
export const horizonNames: Readonly<Record<keyof RetentionDays, string>> = {
  inbox: 'RETENTION_INBOX_DAYS',
  sagas: 'RETENTION_SAGAS_DAYS',
  parked: 'RETENTION_PARKED_DAYS',
};

/** Something would be purged while it could still come again. */
export class HorizonTooShort extends Error {
  override readonly name = 'HorizonTooShort';
}

/**
 * Sees to it that whatever could come again has gone before it is forgotten: from the topics that the service listens to, by
 * its retries, or from a sender that stood still. Rejects with a `HorizonTooShort` that says which setting has to be what.
 * Resolves with the topics of which nobody can say for how long they keep their records.
 */
export async function checkHorizons(
  days: RetentionDays,
  broker: Broker,
  routing: Pick<MessageRouting, 'topics' | 'sagas' | 'listening'>,
): Promise<readonly TopicRetention[]> {
  const told = (await broker.retention?.(routing.topics)) ?? [];
  const known = routing.topics.map((topic) => told.find((each) => each.topic === topic) ?? unknown(topic));
  const [longest] = [...known].filter(isKnown).sort((a, b) => b.keptMs - a.keptMs);
  const keptMs = longest?.keptMs ?? 0;
  const retriesMs = longestRetriesMs(routing);
  const neededDays = Math.ceil((keptMs + retriesMs) / dayMs) + marginDays;
  const because = longest
    ? `topic ${longest.topic} may hand a record over again for ${daysText(keptMs)} (${longest.reason})`
    : 'nobody says for how long topics keep their records';
  const faults = horizonsOf(days)
    .filter(([, horizonDays]) => horizonDays < neededDays)
    .map(([what, horizonDays]) =>
      keptMs === Infinity
        ? `${horizonNames[what]} has to be 0, and not ${horizonDays}: ${because}. Give the topic a retention, or purge nothing`
        : `${horizonNames[what]} has to be at least ${neededDays}, or 0 to purge nothing, and not ${horizonDays}: ${because}, retries take up to ${daysText(retriesMs)}, and ${marginDays} days are for senders that stand still`,
    );
  if (faults.length > 0) throw new HorizonTooShort(faults.join('\n'));
  return known.filter((each) => each.keptMs === undefined);
}

/** Those that are set. */
export const horizonsOf = (days: RetentionDays): readonly (readonly [keyof RetentionDays, number])[] =>
  (['inbox', 'sagas', 'parked'] as const).map((what) => [what, days[what]] as const).filter(([, set]) => set > 0);

const isKnown = (each: TopicRetention): each is TopicRetention & { readonly keptMs: number } =>
  each.keptMs !== undefined;
const unknown = (topic: string): TopicRetention => ({ topic, keptMs: undefined, reason: 'the broker cannot say' });

/** How long the service itself may go on with one message, or one of its sagas with its commands. */
function longestRetriesMs(routing: Pick<MessageRouting, 'sagas' | 'listening'>): number {
  const commands = routing.listening().flatMap(({ contract }) => (contract && isCommand(contract) ? [contract] : []));
  return Math.max(defaultBudgetMs, ...commands.map(({ budgetMs }) => budgetMs), ...routing.sagas.map(longestMs));
}

/** From its first command to its last, when each is answered as late as it may be, and then undone as late as it may be. */
const longestMs = ({ steps }: Saga): number =>
  steps.reduce((ms, step) => ms + doingMs(step) + (step.undo === 'nothing' ? 0 : retryingMs(step)), 0);
const doingMs = (step: Step): number => (step.kind === 'compensatable' ? step.deadlineMs : retryingMs(step));
function retryingMs({ retryAfterMs }: Step): number {
  let ms = 0;
  for (let attempt = 0; attempt < attemptsMax; attempt++) ms += Math.min(retryAfterMs * 2 ** attempt, retryAfterMsMax);
  return ms;
}

const daysText = (ms: number): string => {
  if (ms === Infinity) return 'ever';
  const days = ms / dayMs;
  return days >= 1 ? `${Math.ceil(days * 10) / 10} days` : `${Math.ceil(ms / 60_000)} minutes`;
};
