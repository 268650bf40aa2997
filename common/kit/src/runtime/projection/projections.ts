import { lastPosition, positionTable, type ProjectionRow } from '../ports/event-tables';
import { lookAt } from '../ports/look-at';
import { PeriodicTask } from '../relay/periodic-task';
import { Projector, type BoundProjection, type ProjectionRuntime } from './projector';

const pollMs = 1_000;

/** How far a projection is. */
export interface ProjectionState {
  readonly name: string;
  readonly phase: ProjectionRow['phase'];
  readonly position: number;
  /** Events that it has not applied yet. */
  readonly behind: number;
  /** Why it cannot go on; null when it can. */
  readonly failure: string | null;
}

/** The projections of a service. Each goes on by itself. */
export class Projections {
  private readonly projectors: ReadonlyMap<string, Projector>;
  /** Sees what other instances have committed. */
  readonly task: PeriodicTask;

  constructor(
    private readonly runtime: ProjectionRuntime,
    projections: readonly BoundProjection[],
    private readonly counted: (projection: string, behind: number) => void,
  ) {
    this.projectors = new Map(projections.map((bound) => [bound.projection.name, new Projector(runtime, bound)]));
    this.task = new PeriodicTask(runtime.environment, 'look how far projections are', pollMs, () => this.look());
  }

  get idle(): boolean {
    return this.runtime.queue.idle && [...this.projectors.values()].every(({ idle }) => idle);
  }

  /** Those that wait for their next try. */
  get retrying(): number {
    return [...this.projectors.values()].filter(({ retrying }) => retrying).length;
  }

  /** Which of them cannot go on, and where. Why may have payloads in it: that is for operators, who list them. */
  get failures(): string[] {
    return [...this.projectors.values()].flatMap(({ name, failure }) =>
      failure === undefined
        ? []
        : [`the projection ${name} cannot go on${failure.at}: "saga-kit projections list" says why`],
    );
  }

  /** Events have been committed. */
  wake(): void {
    for (const projector of this.projectors.values()) projector.wake();
  }

  async list(): Promise<readonly ProjectionState[]> {
    if (this.projectors.size === 0) return [];
    const states: ProjectionState[] = [];
    const last = await this.last();
    for (const projector of this.projectors.values()) {
      const { phase, position } = await projector.where();
      const behind = Math.max(0, last - position);
      const { failure } = projector;
      states.push({ name: projector.name, phase, position, behind, failure: failure ? failure.text : null });
    }
    return states;
  }

  /** False when there is none of this name. Resolves when it is noted; it goes on from there, whatever becomes of this process. */
  async rebuild(name: string): Promise<boolean> {
    const projector = this.projectors.get(name);
    await projector?.rebuild();
    return projector !== undefined;
  }

  async stop(): Promise<void> {
    const stopping = [...this.projectors.values()].map((projector) => projector.stop());
    if (this.projectors.size > 0) await this.runtime.queue.stop();
    await Promise.all(stopping);
  }

  private async look(): Promise<void> {
    for (const { name, behind, phase } of await this.list()) {
      this.counted(name, behind);
      if (behind > 0 || phase === 'clearing') this.projectors.get(name)?.wake();
    }
  }

  private async last(): Promise<number> {
    return (await lookAt(this.runtime.database, positionTable, lastPosition))?.position ?? 0;
  }
}
