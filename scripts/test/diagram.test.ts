import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sagaDiagram } from '@saga-kit/cli/internal/documents/diagram';
import { orderCreation } from '../../order/src/application/order-creation.saga';
import { root } from '../src/root';

test('the diagram that is shown of the saga is the one that the command draws', () => {
  const page = readFileSync(join(root, 'docs', 'operating.md'), 'utf8');
  expect(page).toContain(`\`\`\`mermaid\n${sagaDiagram(orderCreation)}\n\`\`\``);
});
