import { z } from 'zod';
import { IncompatibleSchema, RegistryUnavailable, type RegisteredSchema, type SchemaRegistry } from '../codec';
import { Known } from './known';
import { registryApi, type Answer, type Ask } from './registry-api';

/**
 * What the kit wants of each subject. In a roll-out old and new instances of senders and of receivers run side by side,
 * whichever comes first, and topics, parked messages and replays hold values of every version there was: each version has
 * to read each other one. BACKWARD would break the receivers that are still to be rolled out, FORWARD the new ones, and
 * without TRANSITIVE two changes that are fine one by one may not be so together.
 */
export const wantedLevel = 'FULL_TRANSITIVE';

/** One of the schemas of a subject. */
export interface SchemaVersion {
  readonly version: number;
  readonly id: number;
  readonly schema: RegisteredSchema;
}

/**
 * A registry that speaks Confluent's API: Confluent's own, Apicurio's, Redpanda's, Karapace. A running service only looks
 * things up; beyond the port are the methods with which a deployment looks before it registers. All reject with
 * `RegistryUnavailable` when there is no proper answer within `deadlineMs`.
 */
export class ConfluentRegistry implements SchemaRegistry {
  private readonly ask: Ask;
  private readonly ids = new Known<number>();

  /** `url` may hold a user and a password. */
  constructor(url: string, { deadlineMs = 5_000 }: { readonly deadlineMs?: number } = {}) {
    this.ask = registryApi(url, deadlineMs);
  }

  /**
   * Without `normalize`: Apicurio's leaves the documentation out, Confluent's does not, and older ones know none. The kit
   * writes a schema down in one way only, so that exactly this text is what was registered.
   */
  async idOf(subject: string, schema: RegisteredSchema): Promise<number | undefined> {
    return this.ids.of(`${subject} ${schema}`, async () => {
      const answer = await this.ask('registered', { subject, body: { schema } });
      return answer.status === 404 ? undefined : bodyOf(answer, withId, subject).id;
    });
  }

  async schemaOf(id: number): Promise<RegisteredSchema | undefined> {
    if (!schemaId.safeParse(id).success) return undefined; // it comes out of a message, which may be garbage
    const answer = await this.ask('find', { id });
    return answer.status === 404 ? undefined : bodyOf(answer, withSchema, `schema ${id}`).schema;
  }

  /** Gives a subject that has no level the `wantedLevel`; a level that somebody has set stays and is what counts. */
  async register(subject: string, schema: RegisteredSchema): Promise<number> {
    const known = await this.idOf(subject, schema);
    if (known !== undefined) return known;
    if ((await this.levelOf(subject)) === undefined) await this.setLevel(subject);
    const answer = await this.ask('register', { subject, body: { schema } });
    if (answer.status === 409)
      throw new IncompatibleSchema(`${subject}: ${answer.message || 'the registry refuses it'}`);
    return bodyOf(answer, withId, subject).id;
  }

  /**
   * What the registry checks when something is registered; `undefined` when nobody has said. Apicurio then says `NONE`,
   * once there is a schema.
   */
  async levelOf(subject: string): Promise<string | undefined> {
    const answer = await this.ask('config', { subject });
    return answer.status === 404 ? undefined : bodyOf(answer, withLevel, subject).compatibilityLevel;
  }

  /** All versions of a subject, oldest first; none when there is no such subject. */
  async versionsOf(subject: string): Promise<readonly SchemaVersion[]> {
    const answer = await this.ask('latestVersion', { subject });
    if (answer.status === 404) return [];
    const latest = bodyOf(answer, withVersion, subject);
    const versions: SchemaVersion[] = [];
    for (let version = 1; version < latest.version; version++) {
      const one = await this.ask('version', { subject, version });
      if (one.status !== 404) versions.push(bodyOf(one, withVersion, subject)); // a version may have been deleted
    }
    return [...versions, latest];
  }

  /** Why the registry would not register it now; `undefined` when it would. */
  async refusalOf(subject: string, schema: RegisteredSchema): Promise<string | undefined> {
    const answer = await this.ask('compatible', { subject, verbose: true, body: { schema } });
    if (answer.status === 404) return undefined;
    const { is_compatible, messages } = bodyOf(answer, withVerdict, subject);
    return is_compatible ? undefined : messages.join('; ') || 'it does not say why';
  }

  private async setLevel(subject: string): Promise<void> {
    const answer = await this.ask('updateConfig', { subject, body: { compatibility: wantedLevel } });
    if (answer.status === 409) return; // Apicurio: somebody else sets it at this moment
    bodyOf(answer, z.unknown(), subject);
  }
}

const schemaId = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);
const withId = z.object({ id: schemaId });
const withSchema = z.object({ schema: z.string() });
const withVersion = z.object({ version: z.int().min(1).max(10_000), id: schemaId, schema: z.string() });
const withLevel = z.object({ compatibilityLevel: z.string() });
const withVerdict = z.object({ is_compatible: z.boolean(), messages: z.array(z.string()).catch([]) });

/** The body of a good answer. A schema that is none is a mistake of ours, anything else a registry that is not well. */
function bodyOf<S extends z.ZodType>(answer: Answer, shape: S, about: string): z.output<S> {
  if (answer.status === 422) throw new Error(`the schema registry does not take ${about}: ${answer.message}`);
  if (answer.status !== 200)
    throw new RegistryUnavailable(`the schema registry answers ${answer.status} about ${about}: ${answer.message}`);
  const body = shape.safeParse(answer.body);
  if (body.success) return body.data;
  throw new RegistryUnavailable(`the schema registry's answer about ${about} is not one of Confluent's API`);
}
