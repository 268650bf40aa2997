import { Readable } from 'node:stream';

/**
 * An answer without an end: server-sent events, until the client goes or the server closes. Somebody who does not read what
 * was sent before is sent nothing more until he has. Source: the HTML standard, 9.2, "Server-sent events".
 */
export class EventStream extends Readable {
  static readonly mediaType = 'text/event-stream';
  private over = false;

  /** Whether it was sent. */
  send(json: string): boolean {
    return this.write(`data: ${json}\n\n`);
  }

  /** Tells the other side, and whoever stands between, that the connection lives. */
  beat(): void {
    this.write(': \n\n');
  }

  end(): void {
    if (this.over) return;
    this.over = true;
    this.push(null);
  }

  override _read(): void {} // what there is was pushed

  private write(text: string): boolean {
    if (this.over || this.destroyed || this.readableLength > 0) return false;
    this.push(text);
    return true;
  }
}
