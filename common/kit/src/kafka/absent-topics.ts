import { setTimeout } from 'node:timers/promises';
import type { Log, TopicFault } from '../runtime';

/** How often topics that are not there are looked for. */
const lookMs = 3_000;

/** Which of the topics that somebody wants to read are not there. */
export class AbsentTopics {
  private absent: ReadonlySet<string> = new Set();

  constructor(
    private readonly wanted: readonly string[],
    private readonly log: Log,
    private readonly existing: () => Promise<ReadonlySet<string>>,
  ) {}

  get topicFaults(): readonly TopicFault[] {
    return [...this.absent].map((topic) => ({ topic, reason: 'the topic is not there' }));
  }

  isAbsent(topic: string): boolean {
    return this.absent.has(topic);
  }

  /** Resolves with those that have come since. Rejects when none of the wanted ones is there. */
  async look(): Promise<readonly string[]> {
    const existing = await this.existing();
    const absent = this.wanted.filter((topic) => !existing.has(topic));
    if (absent.length > 0 && absent.length === this.wanted.length) throw new NoTopics(absent);
    const news = absent.filter((topic) => !this.absent.has(topic));
    if (news.length > 0)
      this.log.error(
        { topics: news.join(', ') },
        'these topics are not there, and the others are read; make them with "npx saga-kit topics create"',
      );
    const come = [...this.absent].filter((topic) => existing.has(topic));
    this.absent = new Set(absent);
    return come;
  }

  /**
   * Has whoever is a member join again when topics come: of one that comes again, nothing that is known of its partitions
   * holds. Resolves when nobody will be a member any more.
   */
  async watch<Member>(of: {
    readonly isClosed: () => boolean;
    readonly member: () => Member | undefined;
    readonly joinAgain: (member: Member, reason: string) => Promise<void>;
  }): Promise<void> {
    while (!of.isClosed()) {
      await setTimeout(lookMs, undefined, { ref: false });
      if (this.absent.size === 0 || !of.member() || of.isClosed()) continue;
      const come = await this.look().catch(() => []); // none is there, or the broker is away, which others notice
      const member = of.member();
      if (come.length === 0 || !member) continue;
      this.log.info({ topics: come.join(', ') }, 'topics have come; joining the group again');
      await of.joinAgain(member, 'topics have come');
    }
  }

  gone(topic: string): void {
    if (this.absent.has(topic)) return;
    this.log.error(
      { topic },
      'a topic is gone, and the others are read; make it again with "npx saga-kit topics create"',
    );
    this.absent = new Set([...this.absent, topic]);
  }
}

/** Nobody has made them, or this is another cluster. */
export class NoTopics extends Error {
  constructor(topics: readonly string[]) {
    super(`these topics are missing: ${topics.join(', ')}; create them with "npx saga-kit topics create"`);
  }
}
