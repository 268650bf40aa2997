import {
  commonSettings,
  embeddedGuarantees,
  embeddedSettings,
  giveUp,
  kafkaGuarantees,
  run,
  settingsFrom,
  startEmbedded,
} from 'saga-kit/app';
import { startProcesses } from './processes';
import { services } from './services';

const what = `${services.map(({ name }) => name).join(', ')} are`;

function main(): void {
  const { PROFILE, HOST: host, PORT: port } = settingsFrom(commonSettings, process.env);
  if (PROFILE === 'kafka') return run(what, kafkaGuarantees, () => startProcesses({ host, port }));
  const settings = settingsFrom(embeddedSettings, process.env);
  const promises = { ...embeddedGuarantees, data: settings.DATA_DIR };
  run(what, promises, () => startEmbedded(services, settings, giveUp));
}

try {
  main();
} catch (error) {
  giveUp(error);
}
