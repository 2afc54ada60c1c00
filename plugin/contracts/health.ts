/** What a load balancer, a monitor or an operator asks: can this node answer searches, and how far is the library? */
export interface Health {
  /** Whether searches are answered here now. */
  ready: boolean;
  /** `degraded`: searches are answered, and something needs an operator; `unavailable`: they are not. */
  status: 'ok' | 'degraded' | 'unavailable';
  /** Codes of docs/errors.md, with what they mean and what to do. */
  problems: Array<{ code: string; cause: string; remedy: string }>;
  /** Share of the library's pictures that have been processed, from 0 to 1; 1 for an empty library. */
  coverage: number;
  /** `missing`: of the failed ones, those whose bytes are on no node. */
  pictures: { total: number; ready: number; pending: number; failed: number; unsupported: number; missing: number };
  model: string;
  space: string;
  /** What runs the model, and where; `none` until a picture has to be embedded, or on a node that does not index. */
  engine: string;
  device: string;
  index: { kind: string; mode: 'exact' | 'graph' | 'fallback'; state: string; vectors: number };
  /** Of a space that is being built and takes over when it is complete. */
  next?: { space: string; coverage: number };
}

/** `GET /api/similar/health` */
export interface HealthResponse {
  data: Health;
  /** With 503: the id of the request, which the log has too. */
  meta?: { requestId: string };
}
