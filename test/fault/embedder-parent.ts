/** A process that uses an embedder, run by embedder-process.test.ts. Says on stdout what it holds, one JSON object a line. */
import { createEmbedder } from '../../plugin/embedder/embedder';
import { resolveModel } from '../../plugin/models/resolve';

async function main(): Promise<void> {
  const embedder = createEmbedder({ model: await resolveModel('efficientnet-lite0') });
  const result = await embedder.embed(process.argv[2]);
  const report = process.report.getReport() as unknown as { sharedObjects: string[] };
  const state = {
    ok: result.ok,
    pid: embedder.status().pid,
    modules: Object.keys(require.cache).filter((file) => /node_modules.(sharp|onnxruntime-node|usearch)/.test(file)),
    libraries: report.sharedObjects.filter((file) => /sharp|vips|onnxruntime|usearch/.test(file)),
  };
  process.stdout.write(`${JSON.stringify(state)}\n`);
  if (process.argv[3] === 'close') await embedder.close();
}

main();
