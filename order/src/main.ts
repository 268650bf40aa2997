import { serve } from 'saga-kit/app';
import { order } from './module';

serve(order);
