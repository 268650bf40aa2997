/** What no service can read, by what it is called when it is parked. */
export async function garbageFor(topic: string): Promise<(readonly [string, Buffer | null])[]> {
  const registry = process.env['SCHEMA_REGISTRY_URL']!;
  const subjects = (await (await fetch(`${registry}/subjects`)).json()) as string[];
  const subject = subjects.find((each) => each.startsWith(`${topic}-saga.`) && each.endsWith('.TargetEventMessage'))!;
  const { id } = (await (await fetch(`${registry}/subjects/${subject}/versions/latest`)).json()) as { id: number };
  const head = Buffer.from([0, 0, 0, 0, 0]);
  head.writeInt32BE(id, 1);
  return [
    ['not-avro', Buffer.from([0, 1])],
    ['unknown-schema', Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 2, 4])],
    ['corrupt', Buffer.concat([head, Buffer.from([72, 1, 2])])],
    ['empty', null],
    ['not-avro', Buffer.alloc(900_000, 'x')],
  ];
}
