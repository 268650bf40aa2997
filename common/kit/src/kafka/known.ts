/** Remembers what was found, never that nothing was; asks once for all who ask at the same time. */
export class Known<Found> {
  private readonly answers = new Map<string, Promise<Found | undefined>>();

  of(key: string, ask: () => Promise<Found | undefined>): Promise<Found | undefined> {
    const known = this.answers.get(key);
    if (known) return known;
    if (this.answers.size >= answersMax) this.answers.clear();
    const answer = ask();
    this.answers.set(key, answer);
    const forget = () => void (this.answers.get(key) === answer && this.answers.delete(key));
    answer.then((found) => void (found === undefined && forget()), forget);
    return answer;
  }
}
const answersMax = 10_000;
