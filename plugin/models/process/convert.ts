/** Child process that converts one weights file: parsing foreign bytes and its memory stay out of the CMS. */
import { stat } from 'node:fs/promises';
import { SimilarError } from '../../errors';
import { convertResNet50 } from '../resnet50';

export interface ConvertJob {
  converter: keyof typeof converters;
  source: string;
  target: string;
}

export type ConvertAnswer =
  | {
      ok: true;
      /** Size of the ONNX file. */
      bytes: number;
      /** Largest resident size of the process, in bytes. */
      peakBytes: number;
    }
  | { ok: false; code?: string; message: string };

const converters = { resnet50: convertResNet50 };

process.on('disconnect', () => process.exit());
process.once('message', async (job: ConvertJob) => {
  const answer = await convert(job);
  process.send!(answer, () => process.disconnect());
});

async function convert({ converter, source, target }: ConvertJob): Promise<ConvertAnswer> {
  try {
    await converters[converter](source, target);
    const { size: bytes } = await stat(target);
    return { ok: true, bytes, peakBytes: process.resourceUsage().maxRSS * 1024 };
  } catch (error) {
    return {
      ok: false,
      code: error instanceof SimilarError ? error.code : undefined,
      message: error instanceof Error ? error.message : String(error),
    };
  }
}
