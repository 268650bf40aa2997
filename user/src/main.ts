import { serve } from 'saga-kit/app';
import { user } from './module';

serve(user);
