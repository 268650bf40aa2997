import { kitchen } from '@saga-kit/kitchen';
import { order } from '@saga-kit/order';
import { payment } from '@saga-kit/payment';
import { user } from '@saga-kit/user';
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

const what = 'order, user, kitchen and payment are';

function main(): void {
  const { PROFILE, HOST: host, PORT: port } = settingsFrom(commonSettings, process.env);
  if (PROFILE === 'kafka') return run(what, kafkaGuarantees, () => startProcesses({ host, port }));
  const settings = settingsFrom(embeddedSettings, process.env);
  const promises = { ...embeddedGuarantees, data: settings.DATA_DIR };
  run(what, promises, () => startEmbedded([order, user, kitchen, payment], settings, giveUp));
}

try {
  main();
} catch (error) {
  giveUp(error);
}
