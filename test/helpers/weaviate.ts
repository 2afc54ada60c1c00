import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePort, freePortPair } from './free-port';
import { until } from './until';

const PROGRAM = 'weaviate-server';
const MOST_ENDS = 20;

function findProgram(): string | undefined {
  const { WEAVIATE_BIN, GOBIN, PATH = '' } = process.env;
  const folders = [WEAVIATE_BIN, ...PATH.split(path.delimiter), GOBIN, path.join(os.homedir(), 'go/bin')];
  return folders.flatMap((folder) => (folder ? path.join(folder, PROGRAM) : [])).find((file) => existsSync(file));
}

/** Why no Weaviate can be started here, or undefined when it can. `npm test` does not build one: that takes minutes, and Go. */
export function weaviateMissing(): string | undefined {
  if (findProgram()) return undefined;
  return 'no Weaviate server is installed (go install github.com/weaviate/weaviate/cmd/weaviate-server@v1.35.2)';
}

export interface WeaviateNode {
  url: string;
  grpcUrl: string;
  /** Ends it at once, as a power failure does; its files stay. */
  kill(): Promise<void>;
  /** Stops it where it is: what is sent to it arrives, and is never answered. */
  freeze(): void;
  thaw(): void;
  /** Starts it again on its files and ports. */
  start(): Promise<void>;
  isReady(): Promise<boolean>;
}

export interface WeaviateServer {
  nodes: WeaviateNode[];
  /** Ends all nodes and deletes their files. */
  stop(): Promise<void>;
}

/** A private server, or a cluster, with empty files on free ports. */
export async function startWeaviate({ nodes: count = 1 } = {}): Promise<WeaviateServer> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'similar-weaviate-'));
  const all = await Promise.all(Array.from({ length: count }, (_, i) => portsOf(i)));
  const nodes = all.map((ports) => createNode(dir, ports, all));
  async function stop() {
    for (const node of nodes) await node.kill();
    rmSync(dir, { recursive: true, force: true });
  }
  try {
    // The others join the first one, and end where it does not listen yet. It becomes ready together with them.
    const first = nodes[0].start();
    await Promise.race([first, until('the first node listens', () => listensAt(all[0].gossip))]);
    await Promise.all([first, ...nodes.slice(1).map((node) => node.start())]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { nodes, stop };
}

const listensAt = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

interface Ports {
  name: string;
  http: number;
  grpc: number;
  gossip: number;
  /** The next one after that of the gossip, and of raft: other nodes work them out. */
  data: number;
  raft: number;
  raftInternal: number;
}

async function portsOf(i: number): Promise<Ports> {
  const [http, grpc, gossip, raft] = [await freePort(), await freePort(), await freePortPair(), await freePortPair()];
  return { name: `node${i}`, http, grpc, gossip, data: gossip + 1, raft, raftInternal: raft + 1 };
}

function createNode(dir: string, ports: Ports, all: readonly Ports[]): WeaviateNode {
  const { name, http } = ports;
  const url = `http://127.0.0.1:${http}`;
  let server: ChildProcess | undefined;
  const isReady = async () => {
    const answer = await fetch(`${url}/v1/.well-known/ready`).catch(() => undefined);
    return answer?.ok ?? false;
  };
  return {
    url,
    grpcUrl: `http://127.0.0.1:${ports.grpc}`,
    isReady,
    async kill() {
      const ending = server;
      server = undefined;
      if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
      const exited = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
      ending.kill('SIGKILL');
      await exited;
    },
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    async start() {
      const args = ['--host', '127.0.0.1', '--port', String(http), '--scheme', 'http'];
      const env = { ...process.env, ...environmentOf(path.join(dir, name), ports, all) };
      const run = () => spawn(findProgram() as string, args, { cwd: dir, env, stdio: 'ignore' });
      server = run();
      let ends = 0;
      await until(`Weaviate’s ${name} is ready`, async () => {
        // One ends where those that it joins are not ready for it; whatever runs it in production starts it again.
        if (server?.exitCode != null) {
          if (++ends > MOST_ENDS) throw new Error(`Weaviate’s ${name} ended with ${server.exitCode}`);
          server = run();
        }
        return isReady();
      });
    },
  };
}

function environmentOf(dataPath: string, ports: Ports, all: readonly Ports[]): Record<string, string> {
  const { name, grpc, gossip, data, raft, raftInternal } = ports;
  const cluster = {
    RAFT_JOIN: all.map((one) => `${one.name}:${one.raft}`).join(),
    RAFT_BOOTSTRAP_EXPECT: String(all.length),
    // By default, a node that was away waits for what it missed for a minute or two.
    ASYNC_REPLICATION_FREQUENCY: '1s',
    ASYNC_REPLICATION_PROPAGATION_DELAY: '1s',
    ...(name === all[0].name ? {} : { CLUSTER_JOIN: `127.0.0.1:${all[0].gossip}` }),
  };
  return {
    CLUSTER_HOSTNAME: name,
    PERSISTENCE_DATA_PATH: dataPath,
    DEFAULT_VECTORIZER_MODULE: 'none',
    ENABLE_MODULES: '',
    DISABLE_TELEMETRY: 'true',
    AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'true',
    CLUSTER_IN_LOCALHOST: 'true',
    CLUSTER_ADVERTISE_ADDR: '127.0.0.1',
    CLUSTER_BIND_ADDR: '127.0.0.1',
    CLUSTER_GOSSIP_BIND_PORT: String(gossip),
    CLUSTER_DATA_BIND_PORT: String(data),
    RAFT_PORT: String(raft),
    RAFT_INTERNAL_RPC_PORT: String(raftInternal),
    GRPC_PORT: String(grpc),
    LOG_LEVEL: 'error',
    ...(all.length > 1 ? cluster : {}),
  };
}
