import { Routes } from 'saga-kit/http';
import { ContainerModule, MessageHandler, SampleData, service, UnitsOfWork } from 'saga-kit/service';
import { loadSample, migrations, productRoutes, products, reservations } from './product-adapters';
import { productDispatcher, productEvents, ProductWork } from './product-dispatcher';

const tables = { products, reservations };

export const product = service({
  name: 'mall-product',
  migrations,
  bindings: new ContainerModule(({ bind }) => {
    bind(ProductWork).toResolvedValue((unit) => unit.of(ProductWork, tables, productEvents), [UnitsOfWork]);
    bind(MessageHandler).toConstantValue(productDispatcher);
    bind(Routes).toResolvedValue((work) => ({ routes: productRoutes(work) }), [ProductWork]);
    bind(SampleData).toResolvedValue((work) => ({ load: () => loadSample(work) }), [ProductWork]);
  }),
});
