// What the order system's own table says of its orders.

/** How many have ended. */
export const endedOf = async (query) =>
  Number((await query('order', "select count(*) as value from orders where status <> 'PENDING'"))[0].value);

/** How many there are of each status, and of each code that they were refused with. */
export async function statusesOf(query) {
  const sql = "select concat_ws(' ', status, refused_code) as status, count(*) as value from orders group by 1";
  return Object.fromEntries((await query('order', sql)).map(({ status, value }) => [status, Number(value)]));
}
