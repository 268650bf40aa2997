/** Something that was begun; the watermark stays before it until it is finished. */
export interface WatermarkEntry<TopicPartitionOffset> {
  readonly position: TopicPartitionOffset;
  finished: boolean;
}

/** Finished marks are forgotten in lots: to take them from the head of a list one by one costs more. */
const lot = 500;

/** How far a sequence is done: up to the first that is not finished, in whatever order they end. */
export class Watermark<TopicPartitionOffset> {
  /** The last position before the first that is not finished; `undefined` until there is one. */
  done: TopicPartitionOffset | undefined;
  private readonly watermark: WatermarkEntry<TopicPartitionOffset>[] = [];
  private first = 0;

  /** How many were begun since the first that is not finished. */
  get window(): number {
    return this.watermark.length - this.first;
  }

  /** In the order of the sequence. */
  take(position: TopicPartitionOffset): WatermarkEntry<TopicPartitionOffset> {
    const entry = { position, finished: false };
    this.watermark.push(entry);
    return entry;
  }

  finish(entry: WatermarkEntry<TopicPartitionOffset>): void {
    entry.finished = true;
    while (this.watermark[this.first]?.finished) this.done = this.watermark[this.first++]!.position;
    if (this.first < lot && this.window > 0) return;
    this.watermark.splice(0, this.first);
    this.first = 0;
  }
}
