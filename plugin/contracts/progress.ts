/** What the log, the CLI, the demo and the admin show while pictures are being indexed. */
export interface Progress {
  space: string;
  model: string;
  engine: string;
  /** The device that is really used. */
  device: string;
  total: number;
  ready: number;
  pending: number;
  failed: number;
  unsupported: number;
  /** Vectors that searches can find. */
  indexed: number;
  /** Pictures per second over the last minute; 0 while nothing is being done. */
  rate: number;
  /** Seconds until nothing is pending, if `rate` is known. */
  secondsLeft?: number;
  index: { kind: string; mode: 'exact' | 'graph'; state: string; bytesOnDisk: number };
  paused: boolean;
  problem?: string;
}
