/**
 * The one table of errors: code → what happened, HTTP status, and what to do about it.
 * docs/errors.md lists the same codes; test/unit/errors.test.ts holds the two against each other both ways.
 */
export interface ErrorEntry {
  /** HTTP status where the error reaches a client. Picture codes do when the picture was sent for a search. */
  status?: 400 | 403 | 404 | 409 | 413 | 415 | 429 | 500 | 503;
  cause: string;
  remedy: string;
}

export const ERRORS = {
  // requests
  INVALID_PARAMETER: {
    status: 400,
    cause: 'A parameter, or a field of the body, has a value outside what it may be.',
    remedy: 'The message names the parameter, what was expected and what was received.',
  },
  FORBIDDEN: {
    status: 403,
    cause: 'The caller may not read similar items, or not the content type or files they would be taken from.',
    remedy:
      'Grant “similar › find” and the find permission of the content type (or of Media Library files) to the role or API token; in the admin, reading the content type or the media library.',
  },
  DRAFTS_OFF: {
    status: 403,
    cause: '`status=draft` was asked for, and the configuration does not allow it.',
    remedy: 'Leave `status` out to ask for what is published, or set `api.drafts` to `true` in config/plugins.',
  },
  NOT_FOUND: {
    status: 404,
    cause:
      'No picture and no entry of a configured content type has this id, it is not published in the asked locale, or the role in the admin may not see it.',
    remedy: 'Use the numeric id or documentId of a file, or the documentId of a published entry.',
  },
  INDEX_UNAVAILABLE: {
    status: 503,
    cause: 'The vector index is being loaded, or its process is being restarted.',
    remedy: 'Try again in a few seconds; the log says why if it lasts.',
  },
  TOO_MANY_SEARCHES: {
    status: 429,
    cause: 'More searches by picture run at once on this node than `search.concurrency` allows.',
    remedy: 'Try again in a moment, or raise the limit if the machine has cores to spare.',
  },
  LIBRARY_UNSEEN: {
    status: 409,
    cause: 'The sweep found the bytes of too many known pictures missing at once, as when a volume is not mounted.',
    remedy:
      'Searches go on. Bring the uploads folder back. If the bytes are gone for good, say so on the page “Index” of the admin, or with `POST /similar/sweep` and `{"acceptMissing": true}`.',
  },
  NOT_SWITCHING: {
    status: 409,
    cause: 'There is no space that is being built, or none from before to go back to.',
    remedy: 'Look at the state of the index first; somebody else may have been faster.',
  },
  LAYOUT_FAILED: {
    cause: 'The process that lays out the map of the library ended, or took too long.',
    remedy:
      'Nothing has to be done: the map stays as it was and is laid out again later. The message says how it ended.',
  },
  SETTING_FIXED: {
    status: 409,
    cause: 'The configuration file sets this key, and the file comes before what is set in the admin.',
    remedy: 'Take the key out of config/plugins to set it in the admin, or change it there.',
  },
  SETTINGS_CHANGED: {
    status: 409,
    cause: 'Somebody else has changed the settings since they were read.',
    remedy: 'Load the page again, look at what has changed, and save again.',
  },
  NO_WEBHOOK: {
    status: 409,
    cause: 'A test of the webhook was asked for, and `webhook.url` is not set.',
    remedy: 'Set the address and save it first.',
  },
  WEBHOOK_TEST_RUNS: {
    status: 429,
    cause: 'Another test of the webhook has not been answered yet.',
    remedy: 'Wait for its result, at most 10 seconds.',
  },

  // folders and files that a caller names
  FILE_UNREADABLE: {
    cause: 'The folder or picture that was named does not exist, is of the other kind, or may not be read or written.',
    remedy: 'Check the path and its permissions; the message names both.',
  },
  NO_PICTURES: {
    cause: 'The folder that was named holds no pictures.',
    remedy: 'Name a folder with JPEG, PNG, WebP, AVIF, GIF, TIFF or SVG files in it or in its subfolders.',
  },

  // configuration
  INVALID_CONFIG: {
    cause: 'A key of the plugin configuration has a value that cannot be used.',
    remedy: 'The message names the key, what was expected and what was received; correct config/plugins.',
  },
  UNKNOWN_MODEL: {
    cause: 'The configured model is not in the registry.',
    remedy: 'Use one of the names that the message lists.',
  },
  MODEL_DAMAGED: {
    cause: 'A model file differs from the checksum it should have.',
    remedy:
      'The message names the file. One that you named: if it is meant, give its checksum in `models.sha256` (or `--sha256`), else name the published one. One of the model cache: delete it, and it is fetched again. The bundled one: install the package again.',
  },
  MODEL_UNAVAILABLE: {
    cause: 'The weights of the model are not on this machine and could not be fetched.',
    remedy:
      "Download the file by other means and name it in `models.path` (or SIMILAR_MODEL_PATH), set `models.mirror`, or choose `model: 'efficientnet-lite0'`, which comes with the package.",
  },
  WEIGHTS_INVALID: {
    cause: 'A weights file is damaged, or does not hold the layers and shapes of the model.',
    remedy: 'Use the file that is published for the model; the message says what was expected and what was found.',
  },
  NOT_QUANTISABLE: {
    cause: 'The model cannot be made an int8 one: it has other operators than expected, or its file is damaged.',
    remedy: 'Set `models.precision` to `fp32`; the message says what was found.',
  },
  CALIBRATION_PENDING: {
    cause: 'The library holds too few pictures to make an int8 model from.',
    remedy: 'Nothing has to be done: the fp32 model is used until there are enough.',
  },
  PRECISION_REFUSED: {
    cause: 'On pictures of this library the int8 model loses too much likeness, or is hardly faster on this machine.',
    remedy: 'Nothing has to be done: the fp32 model is used. The message says what was measured.',
  },
  REFINEMENT_FAILED: {
    cause:
      'The process that learns from the library, or refines vectors with what was learnt, ended or could not go on.',
    remedy: 'Nothing has to be done: searches go on without it, and it is tried again. The message has the reason.',
  },
  ENGINE_UNAVAILABLE: {
    cause: 'The inference engine could not be loaded on this machine.',
    remedy: 'The message lists the likely causes with a remedy for each; until then pictures wait in the queue.',
  },
  EMBEDDER_UNAVAILABLE: {
    status: 503,
    cause: 'The embedder process cannot run, or is being shut down.',
    remedy: 'See the log for the reason; pictures stay in the queue and are embedded when it runs again.',
  },
  STORE_UNSUPPORTED: {
    cause: 'The database client is none of SQLite, PostgreSQL and MySQL (with which MariaDB is reached).',
    remedy: 'Use one of these databases for Strapi.',
  },
  // Without a status: what a server says names users and hosts, which are no client's business.
  STORE_REFUSED: {
    cause:
      'The database cannot hold the plugin’s tables or what is written to them: a missing right, a read-only server, keys or packets that are too short, or a table name that is taken.',
    remedy:
      'The message says which, and what the server says; mend that. Strapi goes on without look-alikes, and the plugin tries again by itself.',
  },

  // pictures: the reason why a row is `failed` or `unsupported`, or why a picture that was sent is refused
  BYTES_MISSING: {
    cause: 'The media library lists the picture, but its bytes are not there.',
    remedy:
      'Restore the file, or replace it in the media library. It is looked for again by itself, later and later, and a vector from before stays.',
  },
  BYTES_UNREADABLE: {
    cause: 'The bytes of the picture cannot be looked at: no permission, a fault of the disk, too many open files.',
    remedy:
      'The message names the fault of the file system; mend that. It is tried again by itself, later and later, and a vector from before stays.',
  },
  DOWNLOAD_FAILED: {
    cause:
      'The upload provider did not deliver the bytes, delivered a web page in their place, or gave an address that cannot be asked.',
    remedy:
      'The message has the reason. Check the provider’s credentials and network. It is tried again by itself, later and later, and a vector from before stays.',
  },
  EMPTY_FILE: {
    status: 400,
    cause: 'The file has no bytes.',
    remedy: 'Upload it again.',
  },
  TOO_LARGE: {
    status: 413,
    cause: 'The file has more bytes than `limits.maxBytes` allows.',
    remedy: 'Upload a smaller picture, or raise the limit.',
  },
  TOO_MANY_PIXELS: {
    status: 413,
    cause: 'The picture has more pixels than `limits.maxPixels` allows.',
    remedy: 'Upload a smaller picture, or raise the limit if the machine has the memory.',
  },
  UNSUPPORTED_FORMAT: {
    status: 415,
    cause: 'The bytes are in no format that can be decoded here (HEIC, JPEG 2000, … or no picture at all).',
    remedy: 'Convert the picture to JPEG, PNG, WebP, AVIF, GIF, TIFF or SVG.',
  },
  DECODE_FAILED: {
    status: 400,
    cause: 'The bytes start like a picture but are damaged.',
    remedy: 'Export the picture again and replace the file.',
  },
  DECODER_TIMEOUT: {
    status: 400,
    cause: 'Decoding took longer than `limits.timeoutMs`, twice.',
    remedy: 'Export the picture again, smaller or in another format.',
  },
  DECODER_CRASHED: {
    status: 400,
    cause: 'Decoding ended the embedder process, twice.',
    remedy: 'Export the picture again in another format; the file may have been made to do harm.',
  },
  DECODER_MEMORY: {
    status: 413,
    cause: 'Decoding needed more memory than `limits.memoryMb` allows.',
    remedy: 'Upload a smaller picture.',
  },
  NOTHING_VISIBLE: {
    status: 400,
    cause: 'The picture is of one colour, or fully transparent: every such picture would look like every other one.',
    remedy: 'Nothing has to be done if it is meant to be blank; otherwise export it again and replace the file.',
  },
  BAD_VECTOR: {
    status: 400,
    cause: 'The model returned no usable vector for the picture (all zero, or not finite).',
    remedy: 'Check the model file.',
  },
  GAVE_UP: {
    cause: 'The server stopped several times while it worked on this picture.',
    remedy: 'Look at the log for why it stopped. The picture is tried again after a day, or at once from the admin.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** Every error the plugin throws on purpose. `details` never holds secrets or absolute paths that a client may see. */
export class SimilarError extends Error {
  override readonly name = 'SimilarError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Record<string, unknown> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get status(): number | undefined {
    return (ERRORS[this.code] as ErrorEntry).status;
  }

  get remedy(): string {
    return ERRORS[this.code].remedy;
  }
}

/**
 * sharp's shape: "Expected <what> for <name> but received <value> of type <type>".
 * @param isSecret the value is not shown: errors are logged, and sent to clients.
 */
export function expected(
  what: string,
  name: string,
  received: unknown,
  code: ErrorCode = 'INVALID_PARAMETER',
  isSecret = false,
): SimilarError {
  const type = received === null ? 'null' : Array.isArray(received) ? 'array' : typeof received;
  const shown = isSecret ? 'a hidden value' : shownOf(received);
  return new SimilarError(code, `Expected ${what} for ${name} but received ${shown} of type ${type}`, { name });
}

const shownOf = (value: unknown): string =>
  typeof value === 'string' ? `"${value.slice(0, 80)}"` : textOf(value).slice(0, 80);

/** JSON can hold objects with a `toString` that is no function. */
function textOf(value: unknown): string {
  try {
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
