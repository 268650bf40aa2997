export type Refused<Code extends string> = Readonly<{ code: Code; errorMessage: string }>;
