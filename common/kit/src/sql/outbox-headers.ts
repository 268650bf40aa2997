import { headersColumn, type ProducerRecord } from '../runtime';

/** The headers of a record that is to be sent, as they are stored: null for the many that have none. */
export const outgoingHeaders = {
  write: ({ headers }: Pick<ProducerRecord, 'headers'>): string | null =>
    headers && headers.length > 0 ? (headersColumn.write(headers) as string) : null,
  read: (stored: string | null): Pick<ProducerRecord, 'headers'> =>
    stored === null ? {} : { headers: headersColumn.read(stored) as Required<ProducerRecord>['headers'] },
};
