import { crashRun, type CrashCell, type CrashOptions } from 'saga-kit/testing';
import { endings } from './endings';

/** A process that runs cells of a crash matrix, one after the other, for the process that has forked it; it ends with it. */
process.on('message', ({ cell, options }: { cell: CrashCell; options: CrashOptions }) => {
  const ending = endings.find(({ name }) => name === cell.ending)!;
  crashRun(ending, cell.crashes, options).then(
    (run) => process.send!({ run }),
    (error: Error) => process.send!({ failed: error.stack ?? error.message }),
  );
});
process.on('disconnect', () => process.exit());
