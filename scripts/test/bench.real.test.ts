import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { given } from '../../common/kit/test/given';
import { root } from '../src/root';

/** On components of its own. */
given(
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'MYSQL_URL',
)('the bench', () => {
  test('measures what runs on Kafka and MySQL side by side, and all books add up', () => {
    const args = ['--systems', 'kit,twin', '--levels', '8', '--rounds', '1', '--orders', '40', '--json'];
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bench', 'throughput.mjs'), ...args], {
      encoding: 'utf8',
      timeout: 240_000,
    });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, any>);
    const figures = lines.flatMap((line) => (line['figures'] ? [line['figures']] : []));
    expect(figures.map(({ system, perSaga }) => [system, perSaga.messages])).toEqual([
      ['kit', 8],
      ['twin', 8],
    ]);
    for (const { toTwin, perSaga } of figures) {
      expect(toTwin.median).toBeGreaterThan(0);
      for (const cost of ['statements', 'roundTrips', 'commits', 'rowsWritten', 'sqlBytes'])
        expect({ [cost]: perSaga[cost] }).toEqual({ [cost]: expect.any(Number) });
    }
    const [, twin] = figures;
    expect(twin.perSaga.roundTrips).toBe(6);
  }, 240_000);
});
