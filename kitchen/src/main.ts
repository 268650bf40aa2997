import { serve } from 'saga-kit/service';
import { kitchen } from './module';

serve(kitchen);
