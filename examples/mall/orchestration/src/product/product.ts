import { aggregate } from 'saga-kit';

export type Product = Readonly<{ name: string | null; stock: number }>;
type ProductAdded = Readonly<{ type: 'ProductAdded'; name: string }>;
type StockIncreased = Readonly<{ type: 'StockIncreased'; quantity: number }>;
type StockDecreased = Readonly<{ type: 'StockDecreased'; quantity: number; orderId: string }>;
export type ProductEvent = ProductAdded | StockIncreased | StockDecreased;

function evolve(product: Product, event: ProductEvent): Product {
  if (event.type === 'ProductAdded') return { ...product, name: event.name };
  const { type, quantity } = event;
  return { ...product, stock: type === 'StockIncreased' ? product.stock + quantity : product.stock - quantity };
}

export const productAggregate = aggregate({ name: 'product', initial: { name: null, stock: 0 }, evolve });

export const add = (name: string, quantity: number): readonly ProductEvent[] => [
  { type: 'ProductAdded', name },
  { type: 'StockIncreased', quantity },
];

/** What happens when an order takes so many, or why it cannot. */
export function decrease({ name, stock }: Product, taken: Omit<StockDecreased, 'type'>) {
  if (name === null) return 'UNKNOWN_PRODUCT';
  return stock < taken.quantity ? 'OUT_OF_STOCK' : [{ type: 'StockDecreased' as const, ...taken }];
}
