import { serve } from 'saga-kit/service';
import { order } from './module';

serve(order);
