import { serve } from 'saga-kit/service';
import { payment } from './module';

serve(payment);
