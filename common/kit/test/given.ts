export const given = (
  ...variables: readonly ('KAFKA_BROKERS' | 'SCHEMA_REGISTRY_URL' | 'MYSQL_URL')[]
): jest.Describe => (variables.every((each) => process.env[each]) ? describe : describe.skip);
