/** A service, and where its instances are. */
export interface Served {
  readonly name: string;
  readonly urls: () => readonly string[];
}
