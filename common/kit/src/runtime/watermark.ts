/** Something that was begun; the watermark stays before it until it is finished. */
export interface Mark<Position> {
  readonly position: Position;
  finished: boolean;
}

/** Finished marks are forgotten in lots: to take them from the head of a list one by one costs more. */
const lot = 500;

/** How far a sequence is done: up to the first that is not finished, in whatever order they end. */
export class Watermark<Position> {
  /** The last position before the first that is not finished; `undefined` until there is one. */
  done: Position | undefined;
  private readonly marks: Mark<Position>[] = [];
  private first = 0;

  /** How many were begun since the first that is not finished. */
  get window(): number {
    return this.marks.length - this.first;
  }

  /** In the order of the sequence. */
  take(position: Position): Mark<Position> {
    const mark = { position, finished: false };
    this.marks.push(mark);
    return mark;
  }

  finish(mark: Mark<Position>): void {
    mark.finished = true;
    while (this.marks[this.first]?.finished) this.done = this.marks[this.first++]!.position;
    if (this.first < lot && this.window > 0) return;
    this.marks.splice(0, this.first);
    this.first = 0;
  }
}
