// The load: so many orders are under way at any time, until it is enough.
const silenceMsMax = 60_000;

/**
 * So many workers; each places an order and waits until it has ended, then the next. `place` resolves with the id of an
 * order once that has ended. Nothing is placed any more when `ordersMax` are, or when the time is over and every worker
 * could have placed `leastEach`. Rejects when no order ends for a minute.
 */
export async function closedLoop(place, { inFlight, ordersMax = Infinity, seconds = Infinity, leastEach = 1 }) {
  const latenciesMs = [];
  const orderIds = [];
  const beganMs = performance.now();
  const goesOn = () =>
    orderIds.length + underWay < ordersMax &&
    (orderIds.length + underWay < leastEach * inFlight || performance.now() - beganMs < seconds * 1_000);
  let underWay = 0;
  const worker = async () => {
    while (goesOn()) {
      underWay++;
      const placedMs = performance.now();
      const orderId = await place();
      latenciesMs.push(performance.now() - placedMs);
      orderIds.push(orderId);
      underWay--;
    }
  };
  await unlessSilent(
    Promise.all(Array.from({ length: inFlight }, worker)),
    () => orderIds.length,
    () => `${underWay} orders are under way`,
  );
  return { latenciesMs, orderIds, wallMs: performance.now() - beganMs };
}

/** Rejects when a count stands still for too long. */
async function unlessSilent(done, count, state) {
  let timer;
  const silent = new Promise((_, reject) => {
    let last = -1;
    timer = setInterval(() => {
      if (count() === last) reject(new Error(`${state()}, and none has ended for ${silenceMsMax} ms`));
      last = count();
    }, silenceMsMax);
  });
  await Promise.race([done, silent]).finally(() => clearInterval(timer));
}
