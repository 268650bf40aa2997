import { ContainerModule, MessageHandler, SampleData, service, UnitsOfWork } from 'saga-kit/service';
import { Routes } from 'saga-kit/http';
import { kitchenRoutes } from './adapters/kitchen-routes';
import { KitchenSample } from './adapters/kitchen-sample';
import { kitchenMigrations, kitchenTable, productTable, ticketTable } from './adapters/kitchen-tables';
import { productRoutes } from './adapters/product-routes';
import { kitchenDispatcher } from './application/kitchen-dispatcher';
import { KitchenWork } from './application/kitchen-work';

export const kitchen = service({
  name: 'kitchen',
  migrations: kitchenMigrations,
  bindings: new ContainerModule(({ bind }) => {
    const tables = { tickets: ticketTable, products: productTable, kitchens: kitchenTable };
    bind(KitchenWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(KitchenWork, tables), [UnitsOfWork]);
    bind(MessageHandler).toConstantValue(kitchenDispatcher);
    bind(Routes).toResolvedValue(
      (work) => ({ routes: [...kitchenRoutes(work), ...productRoutes(work)] }),
      [KitchenWork],
    );
    bind(SampleData).toResolvedValue((work) => new KitchenSample(work), [KitchenWork]);
  }),
});
