export type User = Readonly<{ userId: number; name: string; status: 'NORMAL' | 'ABNORMAL' }>;
export type Refused<Code extends string> = Readonly<{ code: Code; errorMessage: string }>;

/** Whether somebody may place orders. */
export function check(user: User | undefined, userId: number): User | Refused<'USER_UNKNOWN' | 'USER_ABNORMAL'> {
  if (!user) return { code: 'USER_UNKNOWN', errorMessage: `there is no user ${userId}` };
  if (user.status === 'ABNORMAL')
    return { code: 'USER_ABNORMAL', errorMessage: `user ${userId} is not in good standing` };
  return user;
}
