/** The least that there is: whoever is killed keeps its partitions, and its group waiting, for no longer. */
export const soonMissed = { KAFKA_SESSION_TIMEOUT_MS: '6000' };
