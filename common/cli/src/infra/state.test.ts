import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { State } from './state';

const folder = mkdtempSync(join(tmpdir(), 'state-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('what was started is known to whoever comes later', () => {
  const inner = join(folder, 'not', 'there', 'yet');
  expect(new State(inner).read()).toEqual({});
  const state = new State(inner);
  state.put('mysql', { from: 'process', ports: [20_001], runs: [{ pid: 7, since: 'then' }, null] });
  state.put('kafka', { from: 'docker', ports: [20_002, 20_003], runs: true });
  state.put('mysql', { from: 'process', ports: [20_001], runs: false });
  expect(new State(inner).read()).toEqual({
    mysql: { from: 'process', ports: [20_001], runs: false },
    kafka: { from: 'docker', ports: [20_002, 20_003], runs: true },
  });
});

test('a process that was written down before there could be several is still known', () => {
  writeFileSync(
    join(folder, 'state.json'),
    '{"mysql":{"from":"process","ports":[20001],"runs":{"pid":7,"since":"then"}}}',
  );
  expect(new State(folder).read()).toEqual({
    mysql: { from: 'process', ports: [20_001], runs: [{ pid: 7, since: 'then' }] },
  });
});

test.each(['', '{', '[]', '{"mysql":{}}', '{"postgres":{"from":"process","ports":[],"runs":false}}'])(
  'a state of %j is not believed, and names the file',
  (text) => {
    writeFileSync(join(folder, 'state.json'), text);
    expect(() => new State(folder).read()).toThrow(join(folder, 'state.json'));
  },
);
