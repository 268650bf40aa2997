import { kitchen } from '@saga-kit/kitchen';
import { order } from '@saga-kit/order';
import { payment } from '@saga-kit/payment';
import { user } from '@saga-kit/user';

/** The services of the order system. What they listen to and send is read from them, so it is said nowhere else. */
export const services = [order, user, kitchen, payment] as const;
