import type { SampleData } from 'saga-kit/service';
import type { PaymentWork } from '../application/payment-dispatcher';

const accountsMax = 1_000;
const balance = 100_000_000;

export class PaymentSample implements SampleData {
  constructor(private readonly work: PaymentWork) {}

  load(): Promise<void> {
    return this.work.run(async ({ accounts }) => {
      if (await accounts.get(1)) return;
      for (let userId = 1; userId <= accountsMax; userId++) accounts.add({ userId, balance });
    });
  }
}
