const usersMax = 1_000;
const productsMax = 17;

/** One order after the other that the sample data approves: of every user in good standing and every product there is plenty of. */
export function newOrders() {
  let count = 0;
  return () => {
    const userId = 1 + (count % usersMax);
    const productId = 1 + (count % productsMax);
    count += userId % 10 === 9 ? 2 : 1; // each tenth user is refused
    return { userId, items: [{ productId, quantity: 1 }] };
  };
}
