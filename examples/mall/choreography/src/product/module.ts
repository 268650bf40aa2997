import { Routes } from 'saga-kit/http';
import { ContainerModule, MessageHandler, SampleData, service, UnitsOfWork } from 'saga-kit/service';
import { loadSample, productMigrations, productRoutes, productTable, reservationTable } from './product-adapters';
import { productDispatcher, productEvents, ProductWork } from './product-dispatcher';

export const product = service({
  name: 'mall-product',
  migrations: productMigrations,
  bindings: new ContainerModule(({ bind }) => {
    const tables = { products: productTable, reservations: reservationTable };
    bind(ProductWork).toResolvedValue((works) => works.of(ProductWork, tables, productEvents), [UnitsOfWork]);
    bind(MessageHandler).toConstantValue(productDispatcher);
    bind(Routes).toResolvedValue((work) => ({ routes: productRoutes(work) }), [ProductWork]);
    bind(SampleData).toResolvedValue((work) => ({ load: () => loadSample(work) }), [ProductWork]);
  }),
});
