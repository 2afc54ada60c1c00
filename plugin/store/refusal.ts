import { SimilarError } from '../errors';

const SHORT = 400;

const TOO_LARGE = 'It does not accept statements of this size: raise `max_allowed_packet` to 64 MB';

/** What a server says when it refuses a statement, and what that means. By the codes of mysql2, pg and better-sqlite3. */
const MEANINGS: Array<[codes: string[], meaning: string]> = [
  [['ER_NET_PACKET_TOO_LARGE'], TOO_LARGE],
  [
    ['ER_TOO_LONG_KEY', 'ER_INDEX_COLUMN_TOO_LONG', 'ER_TOO_BIG_ROWSIZE'],
    'Its limit for index keys is too low: the tables need InnoDB with pages of 16 kB (`innodb_page_size`)',
  ],
  [
    ['ER_TABLEACCESS_DENIED_ERROR', 'ER_DBACCESS_DENIED_ERROR', 'ER_COLUMNACCESS_DENIED_ERROR', '42501'],
    'The user that Strapi connects as lacks a privilege (CREATE, INDEX, ALTER, SELECT, INSERT, UPDATE or DELETE)',
  ],
  [
    [
      'ER_OPTION_PREVENTS_STATEMENT',
      'ER_READ_ONLY_MODE',
      'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
      '25006',
      'SQLITE_READONLY',
    ],
    'It is read-only: a replica, or a server or file that cannot be written',
  ],
  [
    ['ER_BAD_FIELD_ERROR', 'ER_WRONG_OBJECT', 'ER_KEY_COLUMN_DOES_NOT_EXITS', '42703', '42809'],
    'The name of one of them is already taken',
  ],
  [['ER_RECORD_FILE_FULL', 'ER_DISK_FULL', '53100', 'SQLITE_FULL'], 'Its disk is full'],
];

/** Far above its limit MySQL says nothing: it ends the connection. knex's message holds the statement, on MySQL with its values. */
const isCutOff = (code: unknown, message = '') =>
  ['ECONNRESET', 'EPIPE', 'PROTOCOL_CONNECTION_LOST'].includes(String(code)) && message.length > 1_000_000;

/** The driver's error in our words where it is known, with the driver's own behind them; otherwise as it is. */
export function inOurWords(error: unknown): unknown {
  if (error instanceof SimilarError) return error;
  const { code, sqlMessage, message } = error as { code?: unknown; sqlMessage?: string; message?: string };
  const known = MEANINGS.find(([codes]) => codes.some((one) => String(code).startsWith(one)))?.[1];
  const meaning = isCutOff(code, message) ? TOO_LARGE : known;
  if (!meaning) return error;
  // knex puts the whole statement before what the server says: it names the table, or is too long to be read.
  const said = (message ?? '').length <= SHORT ? message : (sqlMessage ?? message?.split(' - ').at(-1));
  return new SimilarError(
    'STORE_REFUSED',
    `The database refuses the plugin’s tables. ${meaning}: ${said}`,
    {},
    { cause: error },
  );
}
