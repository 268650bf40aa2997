import { serve } from 'saga-kit/app';
import { kitchen } from './module';

serve(kitchen);
