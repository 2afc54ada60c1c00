/**
 * The one table of errors: code → what happened, HTTP status, and what to do about it.
 * docs/errors.md lists the same codes; test/unit/errors.test.ts holds the two against each other both ways.
 */
export interface ErrorEntry {
  /** HTTP status where the error reaches a client. Picture codes do when the picture was sent for a search. */
  status?: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 429 | 500 | 501 | 502 | 503;
  cause: string;
  remedy: string;
}

export const ERRORS = {
  // requests
  INVALID_PARAMETER: {
    status: 400,
    cause: 'A parameter, or a field of the body, has an invalid value.',
    remedy: 'The message names the parameter, what was expected and what was received.',
  },
  FORBIDDEN: {
    status: 403,
    cause: 'The caller lacks permission for similar items, or for the content type (or files) the results come from.',
    remedy:
      'Grant “similar › find” and the find permission of the content type (or of Media Library files) to the role or API token. In the admin, the role must be able to read the content type or the media library.',
  },
  DRAFTS_OFF: {
    status: 403,
    cause: 'The request has `status=draft`, which the configuration does not allow.',
    remedy: 'Remove `status` to get published entries, or set `api.drafts` to `true` in config/plugins.',
  },
  NOT_FOUND: {
    status: 404,
    cause:
      'No picture and no entry of a configured content type has this id, it is not published in the requested locale, or in the admin, the role may not see it.',
    remedy: 'Use the numeric id or documentId of a file, or the documentId of a published entry.',
  },
  INDEX_UNAVAILABLE: {
    status: 503,
    cause: 'The vector index is being loaded, or its process is being restarted.',
    remedy: 'Try again in a few seconds. If it lasts, the log says why.',
  },
  COLOURS_UNREAD: {
    status: 503,
    cause: 'The colours of the pictures are still being read. A node does that at its first search by colour.',
    remedy: 'Try again in a few seconds. docs/api.md says how long it takes.',
  },
  INDEX_BUSY: {
    status: 503,
    cause: 'More searches are waiting for the vector index than it can answer soon.',
    remedy: 'Try again in a few seconds. If it lasts, serve from more nodes, or ask for fewer items at once.',
  },
  TOO_MANY_SEARCHES: {
    status: 429,
    cause:
      'More searches by picture and explanations are running on this node than `search.concurrency` allows, or pictures that were sent have just ended the decoder several times.',
    remedy: 'Try again shortly, or raise the limit if the machine has spare cores.',
  },
  LIBRARY_UNSEEN: {
    status: 409,
    cause:
      'The sweep found that too many known pictures have lost their bytes at once, and no other node is known to have any, as happens when a volume is not mounted.',
    remedy:
      'Searches still work. Bring the uploads folder back. If the bytes are gone for good, confirm it on the tab “Index” of the admin, or with `POST /similar/sweep` and `{"acceptMissing": true}`.',
  },
  GROUP_CHANGED: {
    status: 409,
    cause: 'Pictures have joined or left the group of duplicates since it was shown.',
    remedy: 'Look at the group again, and judge it then.',
  },
  MERGE_CHANGED: {
    status: 409,
    cause: 'Since the plan of the merge was made, an entry or a picture that it is about has changed.',
    remedy: 'Look at the plan again, and merge then. Nothing was changed.',
  },
  MERGE_REFUSED: {
    status: 403,
    cause:
      'The role may not change every entry that uses the pictures, or not delete these files. Or a text names a file in a way that cannot be changed safely.',
    remedy:
      'The plan names the entries. Ask somebody who may change them, or change them by hand. Nothing was changed.',
  },
  MERGE_TOO_LARGE: {
    status: 400,
    cause: 'The pictures that would go are used in more entries than one merge changes.',
    remedy: 'Keep the picture that most entries use, or merge fewer pictures at once. Nothing was changed.',
  },
  NOT_DUPLICATES: {
    status: 409,
    cause: 'A picture to remove is no duplicate of the one to keep, as the page “Duplicates” shows them.',
    remedy: 'Choose pictures of one group, or say first that they are the same.',
  },
  MERGE_OPEN: {
    status: 409,
    cause:
      'One of the pictures is part of another merge that has not ended, or this merge is being worked on just now.',
    remedy: 'Wait until it has ended, or undo it first.',
  },
  MERGE_ENDED: {
    status: 409,
    cause: 'The merge has ended: its files are deleted, or it was undone.',
    remedy: 'Reload the list of merges. Deleted files can be restored from a backup only.',
  },
  NOT_SWITCHING: {
    status: 409,
    cause: 'No new space is being built, or there is no earlier one to go back to.',
    remedy: 'Reload the state of the index; somebody else may have been faster.',
  },
  NOT_COMPARING: {
    status: 404,
    cause: 'No model is being compared with the live one.',
    remedy: 'Start a comparison, or reload the page: somebody may have discarded the one that was there.',
  },
  COMPARISON_RUNS: {
    status: 409,
    cause: 'Another model is being compared on this library, and there is one comparison at a time.',
    remedy: 'Look at that comparison, or discard it (`DELETE /similar/comparison`) and start yours.',
  },
  COMPARISON_EMPTY: {
    status: 409,
    cause: 'Fewer than two pictures of the library have a vector, so there is nothing to compare models on.',
    remedy: 'Wait until pictures have been embedded, then start the comparison again.',
  },
  COMPARISON_UNREADY: {
    status: 409,
    cause:
      'The other model has not seen all pictures of the sample yet, it could not be used, or its vectors are damaged.',
    remedy:
      'Wait until the comparison is ready. If it failed, its state says why: mend that, discard it and start again.',
  },
  COMPARISON_ELSEWHERE: {
    status: 503,
    cause: 'Another node compares the models, and the vectors of the sample are on its disk only.',
    remedy: 'Ask that node, or try again: a load balancer may send you there.',
  },
  COMPARISON_OUTDATED: {
    status: 409,
    cause: 'Searches are answered by another model than when the comparison was started.',
    remedy: 'Discard the comparison. If you still want to compare, start a new one.',
  },
  LAYOUT_FAILED: {
    cause: 'The process that lays out the map of the library ended or took too long.',
    remedy:
      'No action is needed: the old map stays, and the layout is tried again later. The message says what happened.',
  },
  SETTING_FIXED: {
    status: 409,
    cause: 'The configuration file sets this key, and it takes precedence over the admin.',
    remedy: 'Remove the key from config/plugins to set it in the admin, or change it in the file.',
  },
  SETTINGS_CHANGED: {
    status: 409,
    cause: 'Somebody else has changed the settings in the meantime.',
    remedy: 'Reload the page, check what has changed, and save again; an import of decisions is run again.',
  },
  NO_WEBHOOK: {
    status: 409,
    cause: 'The webhook cannot be tested, because `webhook.url` is not set.',
    remedy: 'Enter a URL and save it first.',
  },
  METRICS_UNAVAILABLE: {
    status: 501,
    cause: 'Metrics are written by prom-client, which is not installed.',
    remedy: 'Run `npm install prom-client` in the Strapi project, and restart it.',
  },
  WEBHOOK_TEST_RUNS: {
    status: 429,
    cause: 'Another test of the webhook is still running.',
    remedy: 'Wait for its result; it takes at most 10 seconds.',
  },

  // folders and files that a caller names
  FILE_UNREADABLE: {
    cause:
      'The folder or picture does not exist, is a file where a folder was expected (or the reverse), or cannot be read or written.',
    remedy: 'Check the path and its permissions; the message has both.',
  },
  NOT_EXPLAINABLE: {
    status: 501,
    cause: 'The model gives one vector for a whole picture, so that nothing exact can be said of its parts.',
    remedy: 'Look at both pictures. Models whose vector is the mean of a map or of patches can be explained.',
  },
  NO_PICTURES: {
    cause: 'The folder contains no pictures.',
    remedy: 'Choose a folder that contains JPEG, PNG, WebP, AVIF, GIF, TIFF or SVG files, also in subfolders.',
  },

  DECISIONS_INVALID: {
    status: 400,
    cause:
      'The file of decisions that is imported is no such file, is too large, or something in it has an invalid value.',
    remedy:
      'The message names the place in the file. Export it anew, or correct it there. Nothing was changed. docs/operations.md describes the file.',
  },

  // configuration
  INVALID_CONFIG: {
    cause: 'A key of the plugin configuration has an invalid value.',
    remedy: 'The message names the key, what was expected and what was received. Correct it in config/plugins.',
  },
  UNKNOWN_MODEL: {
    status: 400,
    cause: 'There is no model of this name, neither in the package nor in `models.custom`.',
    remedy: 'Use one of the names listed in the message.',
  },
  MODEL_DAMAGED: {
    cause: 'A model file does not match its checksum.',
    remedy:
      'The message names the file. If you chose it yourself, put its checksum into `models.sha256` (or `--sha256`), or use the published file. If it is in the model cache, delete it, and it is downloaded again. If it is the bundled one, reinstall the package.',
  },
  MODEL_UNAVAILABLE: {
    cause: 'The weights of the model are not on this machine and could not be downloaded.',
    remedy:
      "Download the file by other means and name it in `models.path` (or SIMILAR_MODEL_PATH), set `models.mirror`, or choose `model: 'efficientnet-lite0'`, which comes with the package.",
  },
  MODEL_WITHOUT_TEXT: {
    status: 400,
    cause: 'The search is by words, and the model that answers searches knows only pictures.',
    remedy:
      'Choose a model that knows words (docs/models.md lists them), or give yours its text tower in `models.custom.<name>.text`. While a new model is being built, the earlier one answers.',
  },
  WORDS_UNREADY: {
    status: 503,
    cause: 'What makes vectors of words is still being downloaded or loaded, or it cannot run.',
    remedy:
      'Try again in a few seconds. If it stays so, the message says why: put the files where `models.custom.<name>.text` names them, or see docs/models.md.',
  },
  MODEL_MISMATCH: {
    cause: 'The ONNX file of a model in `models.custom` is not what its entry says, or no usable model.',
    remedy:
      'The message names the key, what the file has and what the entry says. `strapi-plugin-similar model add <file>` prints an entry that fits.',
  },
  WEIGHTS_INVALID: {
    cause: 'A weights file is damaged, or its layers and shapes are not those of the model.',
    remedy: 'Use the file that was published for the model. The message says what was expected and what was found.',
  },
  NOT_QUANTISABLE: {
    cause: 'The model cannot be converted to int8: it has unexpected operators, or its file is damaged.',
    remedy: 'Set `models.precision` to `fp32`. The message says what was found.',
  },
  CALIBRATION_PENDING: {
    cause: 'The library has too few pictures to calibrate an int8 model.',
    remedy: 'No action is needed: the fp32 model is used until there are enough.',
  },
  PRECISION_REFUSED: {
    cause: 'On the pictures of this library the int8 model is too inaccurate, or on this machine it is hardly faster.',
    remedy: 'No action is needed: the fp32 model is used. The message says what was measured.',
  },
  REFINEMENT_FAILED: {
    cause: 'The process that learns from the library, or applies what it has learnt, ended or failed.',
    remedy: 'No action is needed: searches work without it, and it is tried again. The message has the reason.',
  },
  ENGINE_UNAVAILABLE: {
    cause: 'The inference engine could not be loaded on this machine.',
    remedy: 'The message lists likely causes, with a remedy for each. Until then pictures wait in the queue.',
  },
  EMBEDDER_UNAVAILABLE: {
    status: 503,
    cause: 'The embedder process cannot run, or is shutting down.',
    remedy: 'The log has the reason. Pictures stay in the queue and are embedded once it runs again.',
  },
  EMBEDDER_TOKEN: {
    status: 401,
    cause: 'The embedder on another machine was given no token, or a wrong one.',
    remedy: 'Put the token of its `--token-file` or SIMILAR_EMBEDDER_TOKEN into `embedders` in config/plugins.',
  },
  EMBEDDER_SPACE: {
    status: 409,
    cause: 'The embedder on another machine makes vectors of another space than the one that is needed.',
    remedy: 'Start it with the model, the weights and the `--resize` of the Strapi. The message names both spaces.',
  },
  EMBEDDER_BUSY: {
    status: 503,
    cause: 'The embedder on another machine has enough pictures to work on, or is shutting down.',
    remedy: 'No action is needed: the pictures are sent again, or to another machine.',
  },
  STORE_UNSUPPORTED: {
    cause: 'The database client is not SQLite, PostgreSQL or MySQL (which also connects to MariaDB).',
    remedy: 'Use one of these databases for Strapi.',
  },
  // Without a status: the server's message names users and hosts, which clients should not see.
  STORE_REFUSED: {
    cause:
      'The database cannot hold the plugin’s tables or what is written to them: a missing right, a read-only server, keys or packets that are too short, or a table name that is taken.',
    remedy:
      'The message says which, and quotes the server; fix that. Until then Strapi runs without similar items, and the plugin retries automatically.',
  },
  // Without a status, for the same reason.
  PGVECTOR_UNAVAILABLE: {
    cause:
      '`index.provider` is `pgvector`, but Strapi’s database does not have the extension `vector` in version 0.8 or later, or the user that Strapi connects as may not create it, or tables.',
    remedy:
      'Install pgvector on the database server, and run `CREATE EXTENSION vector` in Strapi’s database as a user who may (`ALTER EXTENSION vector UPDATE` if it is older). Or set `index.provider` to `usearch`. Until then searches compare the stored vectors (they get 503 where those are more than `index.fallbackVectors`), and the plugin retries automatically.',
  },
  WEAVIATE_UNAVAILABLE: {
    cause:
      '`index.provider` is `weaviate`, but the server does not answer, or it refuses what it is asked: the message says which.',
    remedy:
      'Start Weaviate, or correct `index.weaviate` (`url`, `grpcUrl`, `apiKey`; `replication.factor` and `consistency` need as many nodes). `npx strapi-plugin-similar doctor` checks it. Until then searches compare the stored vectors (they get 503 where those are more than `index.fallbackVectors`), nothing is lost, and the plugin retries automatically.',
  },
  WEAVIATE_CLIENT_MISSING: {
    cause: '`index.provider` is `weaviate`, which needs the package weaviate-client, and that is not installed.',
    remedy:
      'Run `npm install weaviate-client@3.12.1` in the Strapi project (the last release for Node 20; with a newer Node, take a later one if you like), and restart it.',
  },

  // pictures: the reason why a row is `failed` or `unsupported`, or why a picture that was sent is refused
  BYTES_MISSING: {
    status: 404,
    cause:
      'The media library lists the picture, but the file is missing: no node that runs has it, or the upload provider says that it is gone.',
    remedy:
      'Restore the file, start the node that has it, or replace it in the media library. The plugin keeps the vector it has, and looks for the bytes by itself.',
  },
  BYTES_UNREADABLE: {
    status: 503,
    cause: 'The file cannot be read: missing permission, a disk error, or too many open files.',
    remedy:
      'Fix the file system error that the message names. The plugin retries automatically, at growing intervals, and keeps the vector it has.',
  },
  DOWNLOAD_FAILED: {
    status: 502,
    cause:
      'The upload provider did not deliver the bytes, delivered a web page in their place, or gave a URL that cannot be requested.',
    remedy:
      'The message has the reason. Check the provider’s credentials and the network. The plugin retries automatically, at growing intervals, and keeps the vector it has.',
  },
  EMPTY_FILE: {
    status: 400,
    cause: 'The file is empty.',
    remedy: 'Upload it again.',
  },
  TOO_LARGE: {
    status: 413,
    cause: 'The file has more bytes than `limits.maxBytes` allows.',
    remedy: 'Upload a smaller file, or raise the limit.',
  },
  TOO_MANY_PIXELS: {
    status: 413,
    cause: 'The picture has more pixels than `limits.maxPixels` allows, or for a search `search.maxPixels`.',
    remedy: 'Upload a smaller picture, or raise the limit if the machine has the memory.',
  },
  UNSUPPORTED_FORMAT: {
    status: 415,
    cause:
      'The file is in a format that cannot be decoded here (JPEG 2000, HEIC without heic-decode, …), or it is no picture at all.',
    remedy:
      'Convert the picture to JPEG, PNG, WebP, AVIF, GIF, TIFF or SVG. For HEIC from phones, run `npm install heic-decode` in the Strapi project, restart it, and try the pictures again (docs/operations.md).',
  },
  DECODE_FAILED: {
    status: 400,
    cause: 'The file starts like a picture but is damaged, or an SVG asks for more than can be drawn.',
    remedy: 'Export the picture again and replace the file.',
  },
  DECODER_TIMEOUT: {
    status: 400,
    cause: 'Decoding took longer than `limits.timeoutMs`, twice; of a picture that was sent for a search, once.',
    remedy: 'Export the picture again, smaller or in another format.',
  },
  DECODER_CRASHED: {
    status: 400,
    cause: 'Decoding crashed the embedder process, twice; of a picture that was sent for a search, once.',
    remedy: 'Export the picture again in another format. The file may be malicious.',
  },
  DECODER_MEMORY: {
    status: 413,
    cause: 'Decoding needed more memory than `limits.memoryMb` allows.',
    remedy: 'Upload a smaller picture.',
  },
  NOTHING_VISIBLE: {
    status: 400,
    cause: 'The picture is a single colour or fully transparent, so it would be similar to every other such picture.',
    remedy: 'If it is meant to be blank, no action is needed; otherwise export it again and replace the file.',
  },
  BAD_VECTOR: {
    status: 400,
    cause: 'The model returned an unusable vector for the picture (all zeros, or not finite).',
    remedy: 'Check the model file.',
  },
  GAVE_UP: {
    cause: 'The server stopped several times while it was working on this picture.',
    remedy: 'The log says why it stopped. The picture is retried after a day, or right away from the admin.',
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
  return expectedInstead(what, name, `${shown} of type ${type}`, code);
}

/**
 * The same, where what was received is best said in words.
 * @example
 * ```ts
 * throw expectedInstead('one file', 'picture', '2 files'); // Expected one file for picture but received 2 files
 * ```
 */
export function expectedInstead(
  what: string,
  name: string,
  received: string,
  code: ErrorCode = 'INVALID_PARAMETER',
): SimilarError {
  return new SimilarError(code, `Expected ${what} for ${name} but received ${received}`, { name });
}

const shownOf = (value: unknown): string =>
  typeof value === 'string' ? `"${value.slice(0, 80)}"` : textOf(value).slice(0, 80);

/** JSON can contain objects whose `toString` is not a function. */
function textOf(value: unknown): string {
  try {
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
