import { serve } from 'saga-kit/service';
import { user } from './module';

serve(user);
