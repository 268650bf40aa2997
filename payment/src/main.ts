import { serve } from 'saga-kit/app';
import { payment } from './module';

serve(payment);
