import { command, event } from 'saga-kit';

export const UserChecked = event({
  type: 'record',
  name: 'UserChecked',
  namespace: 'user',
  topic: 'user-to-order-status',
  fields: [{ name: 'userId', type: 'long' }],
});

export const CheckUser = command({
  type: 'record',
  name: 'CheckUser',
  namespace: 'user',
  topic: 'order-to-user-status',
  fields: [{ name: 'userId', type: 'long' }],
  reply: UserChecked,
  refusals: ['USER_UNKNOWN', 'USER_ABNORMAL'],
});

export const userContracts = [CheckUser] as const;
