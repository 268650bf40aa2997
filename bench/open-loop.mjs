// A load that does not wait: so many orders are placed in a second, whatever becomes of them.
const tickMs = 20;
/** So many are on their way to an answer at the most; what would be more is not placed, and counted. */
const unansweredMax = 4_000;

/**
 * Places `perSecond` orders for so many seconds. `place` resolves with `{ orderId }`, or with `{ status, retryAfter }` of an
 * answer that is none. Resolves, once everything was answered, with the ids of the orders that were taken, how many there
 * were of each answer, how many were not placed since too many were unanswered, and how long each answer took.
 */
export async function openLoop(place, { perSecond, seconds }) {
  const result = { orderIds: [], answers: {}, withoutRetryAfter: 0, unplaced: 0, latenciesMs: [] };
  const unanswered = new Set();
  const one = async () => {
    const placedMs = performance.now();
    const { orderId, status, retryAfter } = await place();
    if (orderId !== undefined) result.orderIds.push(orderId);
    else if (retryAfter === undefined) result.withoutRetryAfter++;
    const answer = orderId === undefined ? status : 201;
    result.answers[answer] = (result.answers[answer] ?? 0) + 1;
    result.latenciesMs.push(performance.now() - placedMs);
  };
  const beganMs = performance.now();
  for (let begun = 0, passedMs = 0; passedMs < seconds * 1_000; passedMs = performance.now() - beganMs) {
    for (const due = Math.floor((passedMs * perSecond) / 1_000); begun < due; begun++) {
      if (unanswered.size >= unansweredMax) result.unplaced++;
      else {
        const asked = one().finally(() => unanswered.delete(asked));
        unanswered.add(asked);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
  await Promise.all(unanswered);
  return { ...result, wallMs: performance.now() - beganMs };
}
