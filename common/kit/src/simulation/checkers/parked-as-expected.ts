import { parkedTable } from '../../runtime';
import type { Checker, ExpectedParked, Fault } from './checker';
import { listed } from './facts';
import { finalRows } from './nothing-pending';

/** What is parked in the end is what had to be, and nothing else. */
export const parkedAsExpected: Checker = {
  name: 'only poison is parked',
  *faultsOf({ services }, { parked }) {
    const wanted = new Map<string, ExpectedParked[]>();
    for (const each of [...parked].sort((a, b) => detailOf(b) - detailOf(a))) listed(wanted, each.topic).push(each);
    for (const service of services)
      for (const row of finalRows(service, parkedTable)) {
        const list = wanted.get(String(row['topic'])) ?? [];
        const index = list.findIndex((each) => fits(each, service.name, row));
        if (index >= 0) list.splice(index, 1);
        else
          yield {
            message: `${service.name}: ${row['id']} (${placeOf(row)}) is parked, ${row['reason']}: ${row['error']}`,
            ...txIdOf(row),
          };
      }
    for (const list of wanted.values()) for (const each of list) yield missing(each);
  },
};

/** The most precise is looked for first, so that a loose one does not take its place. */
const detailOf = (each: ExpectedParked): number => Object.values(each).filter((value) => value !== undefined).length;

const fits = (
  { service, reason, partition, offset }: ExpectedParked,
  name: string,
  row: Readonly<Record<string, unknown>>,
): boolean =>
  (service ?? name) === name &&
  (reason ?? row['reason']) === row['reason'] &&
  (partition ?? Number(row['record_partition'])) === Number(row['record_partition']) &&
  (offset ?? Number(row['record_offset'])) === Number(row['record_offset']);

const placeOf = (row: Readonly<Record<string, unknown>>): string =>
  `${row['topic']}@${row['record_partition']}/${row['record_offset']}`;

function txIdOf({ record_key: key }: Readonly<Record<string, unknown>>): Pick<Fault, 'txId'> {
  const text = Buffer.isBuffer(key) ? key.toString('latin1') : '';
  return /^[\x21-\x7e]{1,64}$/.test(text) ? { txId: text } : {};
}

function missing({ service, topic, reason, partition, offset }: ExpectedParked): Fault {
  const place =
    partition === undefined && offset === undefined ? topic : `${topic}@${partition ?? '?'}/${offset ?? '?'}`;
  const who = service === undefined ? 'nobody' : `${service} has not`;
  return {
    message: `${who}${service === undefined ? ' has' : ''} parked what had to be parked of ${place}${reason === undefined ? '' : `, as ${reason}`}`,
  };
}
