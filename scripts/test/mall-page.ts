import { setTimeout } from 'node:timers/promises';
import { expectAnswers, pageOf } from './pages';

/** Types the page of the mall into a shell, once the order service has heard what there is to order. */
export async function expectMallPage(url: string, folder: string): Promise<void> {
  while (!(await fetch(`${url}/catalogue/1`)).ok) await setTimeout(50);
  await expectAnswers(pageOf('docs/mall-choreography.md'), url, folder);
}

/** Types the page of the orchestrated mall into a shell. */
export const expectOrchestratedPage = async (url: string, folder: string): Promise<void> =>
  expectAnswers(pageOf('docs/mall-orchestration.md'), url, folder);
