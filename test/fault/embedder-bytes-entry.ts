/** Entry of an embedder process that crashes over pictures whose last bytes say so: what comes over a network has no name. */
import { readFile } from 'node:fs/promises';
import { decodePicture } from '../../plugin/embedder/process/decode';
import { serve } from '../../plugin/embedder/process/main';

serve(async (file, decoding) => {
  const bytes = await readFile(file);
  if (bytes.subarray(-5).toString('latin1') === 'CRASH') process.kill(process.pid, 'SIGSEGV');
  return decodePicture(file, decoding);
});
