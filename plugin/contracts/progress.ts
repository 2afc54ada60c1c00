/** How far one space is: the pictures of the library, embedded by one model. */
export interface SpaceProgress {
  space: string;
  model: string;
  engine: string;
  /** The device that is really used. */
  device: string;
  /** Why the model runs as WebAssembly, where it does: several times slower than it could. */
  slowBecause?: string;
  /** The model knows words: they can be searched for. */
  words: boolean;
  total: number;
  ready: number;
  pending: number;
  failed: number;
  unsupported: number;
  /** Of the failed ones: pictures whose bytes no node that runs can find. */
  missing: number;
  /** Vectors that searches can find. */
  indexed: number;
  /** Pictures per second over the last minute; 0 while nothing is being done. */
  rate: number;
  /** Seconds until nothing is pending, if `rate` is known. */
  secondsLeft?: number;
  /** Pictures that this process has embedded since it started. */
  embedded: number;
  /** How often the embedder process was started again. */
  embedderRestarts: number;
  index: {
    kind: string;
    mode: 'exact' | 'graph' | 'fallback';
    state: 'opening' | 'ready' | 'restarting' | 'closed';
    bytesOnDisk: number;
    restarts: number;
    /** What keeps it from being searched, or from being saved. */
    problem?: string;
    /** Of the problem, where it is one of docs/errors.md. */
    code?: string;
  };
  refinement: Refinement;
  problem?: string;
  /** The bytes of many known pictures are missing, and the sweep waits until they are back or accepted as missing. */
  unseen?: boolean;
}

/** How far the refined space is that is learnt from the library and ranks in the model's place. */
export interface Refinement {
  /** `waiting`: for pictures, or for the next attempt; `building`: searches are still answered without it, or by the one before. */
  state: 'off' | 'waiting' | 'learning' | 'building' | 'live';
  /** The space that searches are answered in, once it is live. */
  space?: string;
  /** Pictures: waiting, that there are; building, that are in the new space. */
  done?: number;
  /** Pictures that it takes. */
  total?: number;
  /** Why the last attempt failed. */
  reason?: string;
}

/** What the log, the CLI, the demo and the admin show while pictures are being indexed: the live space, and others beside it. */
export interface Progress extends SpaceProgress {
  paused: boolean;
  /** The space that is being built and takes over when it is complete. */
  next?: SpaceProgress;
  /** The space that was live before; its vectors are kept for a roll-back. */
  previous?: { space: string; model: string };
  /** The configured space that is not built: an administrator does not want it, or `declinedBecause`. */
  declined?: string;
  /** Why the plugin itself does not build it, e.g. what the int8 model would lose. */
  declinedBecause?: string;
  /** The configured model, where another one was chosen in the admin. */
  chosenOver?: string;
}
