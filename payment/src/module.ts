import { ContainerModule, MessageHandler, SampleData, service, UnitsOfWork } from 'saga-kit/service';
import { Routes } from 'saga-kit/http';
import { paymentRoutes } from './adapters/payment-routes';
import { PaymentSample } from './adapters/payment-sample';
import { accountTable, paymentMigrations, paymentTable } from './adapters/payment-tables';
import { paymentDispatcher, PaymentWork } from './application/payment-dispatcher';

export const payment = service({
  name: 'payment',
  migrations: paymentMigrations,
  bindings: new ContainerModule(({ bind }) => {
    bind(PaymentWork).toResolvedValue(
      (unitsOfWork) => unitsOfWork.of(PaymentWork, { accounts: accountTable, payments: paymentTable }),
      [UnitsOfWork],
    );
    bind(MessageHandler).toConstantValue(paymentDispatcher);
    bind(Routes).toResolvedValue((work) => ({ routes: paymentRoutes(work) }), [PaymentWork]);
    bind(SampleData).toResolvedValue((work) => new PaymentSample(work), [PaymentWork]);
  }),
});
