import { isCommand, type Event, type Message } from 'saga-kit';
import { handled, inMemory, workOf } from 'saga-kit/testing';
import { ProductChanged } from '../src/contracts';
import { deliveryDispatcher, DeliveryWork, type Delivery } from '../src/delivery/delivery-dispatcher';
import type { Order } from '../src/order/order';
import { cancelOrder, placeOrder } from '../src/order/order-calls';
import { orderDispatcher, OrderWork, type CataloguedProduct } from '../src/order/order-dispatcher';
import { productDispatcher, ProductWork, type Product, type Reservation } from '../src/product/product-dispatcher';

const dispatchers = { order: orderDispatcher, product: productDispatcher, delivery: deliveryDispatcher };
type Service = keyof typeof dispatchers;
/** A message on its way to a service. */
interface Arrival {
  readonly to: Service;
  readonly message: Message;
  readonly isAgain: boolean;
}

/** The three services without anything between them: a test decides which message arrives next, and whether it comes again. */
export class PaperMall {
  readonly orders = inMemory<Order>(({ orderId }) => orderId);
  readonly catalogue = inMemory<CataloguedProduct, number>(({ productId }) => productId);
  readonly products = inMemory<Product, number>(({ productId }) => productId);
  readonly deliveries = inMemory<Delivery>(({ orderId }) => orderId);
  /** The names of all that was sent. */
  readonly log: string[] = [];
  private readonly reservations = inMemory<Reservation>(({ orderId }) => orderId);
  private readonly flying: Arrival[] = [];
  private readonly outbox = { add: (_process: unknown, event: Message) => this.send(event) };
  private readonly works = {
    order: workOf(OrderWork, { orders: this.orders, catalogue: this.catalogue }, { outbox: this.outbox }),
    product: workOf(ProductWork, { products: this.products, reservations: this.reservations }, { outbox: this.outbox }),
    delivery: workOf(DeliveryWork, { deliveries: this.deliveries }),
  };

  /** `copied` is what the order service takes the stock for; that it is another one now is on its way. */
  constructor({ stock, copied = stock }: { readonly stock: number; readonly copied?: number }) {
    const product = { productId: 1, name: 'TV', price: 10_000, stock, version: 2 };
    this.products.put(product);
    this.catalogue.put({ ...product, stock: copied, version: 1 });
    this.send(ProductChanged.of(product));
  }

  get isCalm(): boolean {
    return this.flying.length === 0;
  }

  place(quantity: number): Promise<Order> {
    const customer = { customerId: 1, customerName: 'Ada', address: '1 Main Street' };
    return placeOrder(this.works.order, { productId: 1, quantity, ...customer });
  }

  cancel(orderId: string): Promise<Order | undefined> {
    return cancelOrder(this.works.order, orderId);
  }

  /** One of those that are on their way arrives, whichever was sent first; once more later if `again`. */
  async arrive(which: number, again: boolean): Promise<void> {
    const [arrival] = this.flying.splice(which % this.flying.length, 1);
    if (!arrival) return;
    if (again && !arrival.isAgain) this.flying.push({ ...arrival, isAgain: true });
    for (const event of await this.handled(arrival)) this.send(event);
  }

  private async handled({ to, message }: Arrival): Promise<readonly Message[]> {
    const answer = await {
      order: () => handled(orderDispatcher, message, this.works.order),
      product: () => handled(productDispatcher, message, this.works.product),
      delivery: () => handled(deliveryDispatcher, message, this.works.delivery),
    }[to]();
    return answer as readonly Message[]; // which is what a handler of events answers
  }

  private send(message: Message): string {
    const { contract } = message;
    this.log.push(contract.name);
    for (const to of Object.keys(dispatchers) as Service[])
      if (listensTo(to, contract as Event)) this.flying.push({ to, message, isAgain: false });
    return `event-${this.log.length}`;
  }
}

const listensTo = (service: Service, event: Event): boolean =>
  !isCommand(event) && dispatchers[service].contracts.some(({ name }) => name === event.name);
