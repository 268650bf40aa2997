import { spawnSync } from 'node:child_process';
import { sagaKit } from '../src/root';

/** How a start with these settings has ended. */
function started(env: NodeJS.ProcessEnv) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [sagaKit.file, ...sagaKit.args('start')], {
    env,
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, said: stderr.trim().split('\n') };
}
const kafka = { PROFILE: 'kafka', KAFKA_BROKERS: 'a:1', SCHEMA_REGISTRY_URL: 'http://a', MYSQL_URL: 'mysql://me@a' };

test('all faults in the settings are told once, before anything is started', () => {
  const env = {
    ...kafka,
    PORT: '1e3',
    SCHEMA_REGISTRY_URL: 'http://me:100%@a',
    MYSQL_SSL: '1',
    MYSQL_SSL_CA: '/nowhere',
  };
  expect(started(env)).toEqual({
    status: 2,
    stdout: '',
    said: [
      'these environment variables are not right:',
      expect.stringMatching(/^ {2}SCHEMA_REGISTRY_URL: its user or password has a %/),
      expect.stringMatching(/^ {2}MYSQL_SSL_CA: cannot be read/),
      expect.stringMatching(/^ {2}PORT: has to be a whole number/),
    ],
  });
  expect(started({ PORT: '1e3', DATA_DIR: __filename }).said).toEqual([
    'these environment variables are not right:',
    expect.stringMatching(/^ {2}PORT: /),
    expect.stringMatching(/^ {2}DATA_DIR: is a file/),
  ]);
});

test('a port behind which there is no room for those of the services is refused', () => {
  const { status, said } = started({ ...kafka, PORT: '65532' });
  expect({ status, said }).toEqual({
    status: 2,
    said: ['PORT: has to be at most 65531, since 4 ports behind it are taken too'],
  });
});

test('a profile that there is not is refused', () => {
  expect(started({ PROFILE: 'cloud' }).said[1]).toBe('  PROFILE: has to be one of embedded, kafka');
});
